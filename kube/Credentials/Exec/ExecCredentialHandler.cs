// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Http.Headers;

namespace KubeWgDiag.Kube.Credentials.Exec;

/// <summary>Authenticates requests with what a plugin gives; a refused request is not sent again, but the next one asks the plugin anew.</summary>
internal sealed class ExecCredentialHandler(ExecCredentialSource source, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is not null) return await base.SendAsync(request, cancellationToken);
        ExecCredential used = await source.GetAsync(cancellationToken);
        if (used.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized) source.Drop(used);
        return response;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }
}
