// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>Where every request comes in: it is counted, held up when the server is to hang, and may meet a fault.</summary>
internal sealed class Entrance(ConnectionGate gate, RequestStatistics statistics, FaultInjector faults, RequestDelegate handler)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await gate.HoldsUpAsync(context.RequestAborted))
        {
            context.Abort();
            return;
        }

        RequestKey key = RequestKey.Of(context);
        RequestCounter counter = statistics.Of(key);
        counter.Began();
        context.Features.Set(new RequestMeter(counter));
        await faults.PassAsync(context, key, handler);
    }
}
