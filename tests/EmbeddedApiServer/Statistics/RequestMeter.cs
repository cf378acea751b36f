// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Statistics;

/// <summary>Counts one request. Travels with the request.</summary>
internal sealed class RequestMeter(RequestCounter counter)
{
    private static readonly RequestMeter Nobody = new(new RequestCounter());

    public static RequestMeter Of(HttpContext context) => context.Features.Get<RequestMeter>() ?? Nobody;

    public void Received(long bytes) => counter.Received(bytes);

    public void Sent(long bytes) => counter.Sent(bytes);

    public void Wrote(int size) => counter.Wrote(size);

    public void Answered(int code, long bytes)
    {
        counter.Sent(bytes);
        if (code >= 400)
            counter.Refused();
    }
}
