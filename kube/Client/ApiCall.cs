// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;

namespace KubeWgDiag.Kube.Client;

/// <summary>One call, in a form that can be sent more than once.</summary>
/// <param name="Method">HTTP verb.</param>
/// <param name="Path">Path and query below the server's address.</param>
/// <param name="IsIdempotent">Whether sending it twice is the same as sending it once, so that a lost connection may be retried.</param>
internal sealed record ApiCall(HttpMethod Method, string Path, bool IsIdempotent)
{
    public byte[]? Body { get; init; }

    /// <summary>Largest body of the answer, in bytes; null = that of the client's options.</summary>
    public long? MaxBodyBytes { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>A new message for every try: HttpClient sends a message only once.</summary>
    public HttpRequestMessage ToMessage(Uri server)
    {
        var message = new HttpRequestMessage(Method, new Uri($"{server.AbsoluteUri.TrimEnd('/')}/{Path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(ContentType);
        }

        return message;
    }
}
