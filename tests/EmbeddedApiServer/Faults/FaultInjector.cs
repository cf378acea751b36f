// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>Stands before the server proper and lets <see cref="RequestFaults"/> happen.</summary>
internal sealed class FaultInjector(RequestFaults faults, ResourceRegistry registry, TimeProvider time)
{
    private const int MostChanges = 20;

    private static readonly string[] Spared = ["/healthz", "/livez", "/readyz", "/debug"];

    public async Task PassAsync(HttpContext context, RequestKey key, RequestDelegate next)
    {
        FaultPlan plan = faults.Plan;
        if (IsSpared(context.Request.Path) || faults.Draw(key, plan) is not { } drawn)
        {
            await next(context);
            return;
        }

        switch (drawn.Fault)
        {
            case RequestFault.Delay:
                faults.Happened(drawn.Fault);
                await Task.Delay(plan.Delay.Least + ((plan.Delay.Most - plan.Delay.Least) * drawn.Dice.NextDouble()), time, context.RequestAborted);
                await next(context);
                break;
            case RequestFault.WatchCut or RequestFault.WatchExpired or RequestFault.WatchGone:
                context.Features.Set(new WatchFault(drawn.Fault, drawn.Dice.Next(1, MostChanges + 1), plan.WatchFaultWithin * drawn.Dice.NextDouble(), faults));
                await next(context);
                break;
            case RequestFault.WatchClosed:
                context.Features.Set(new WatchFault(drawn.Fault, 0, TimeSpan.Zero, faults));
                await next(context);
                break;
            case RequestFault.DropBefore or RequestFault.DropAfter or RequestFault.DropConnection:
                await DropAsync(context, drawn.Fault, next);
                break;
            default:
                await RefuseAsync(context, key, drawn, plan, next);
                break;
        }
    }

    private static bool IsSpared(PathString path) => Array.Exists(Spared, start => path.StartsWithSegments(start, StringComparison.Ordinal));

    private async Task DropAsync(HttpContext context, RequestFault fault, RequestDelegate next)
    {
        faults.Happened(fault);
        if (fault == RequestFault.DropAfter)
            await UnansweredAsync(context, next);
        if (fault == RequestFault.DropConnection)
            context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        context.Abort();
    }

    private async Task RefuseAsync(HttpContext context, RequestKey key, (RequestFault Fault, Random Dice) drawn, FaultPlan plan, RequestDelegate next)
    {
        if (Answer(key, drawn.Fault, plan) is not { } error)
        {
            await next(context);
            return;
        }

        faults.Happened(drawn.Fault);
        if (drawn.Fault == RequestFault.GatewayTimeout && !key.IsWatch && drawn.Dice.Next(2) == 0)
            await UnansweredAsync(context, next);
        await ResponseWriter.ErrorAsync(context, error);
    }

    /// <summary>Carries a request out; its answer goes nowhere.</summary>
    private static async Task UnansweredAsync(HttpContext context, RequestDelegate next)
    {
        Stream output = context.Response.Body;
        context.Response.Body = Stream.Null;
        await next(context);
        context.Response.Body = output;
        context.Response.Clear();
    }

    /// <summary>Null when the request is for nothing that this answer could name.</summary>
    private ApiError? Answer(RequestKey key, RequestFault fault, FaultPlan plan) => fault switch
    {
        RequestFault.Conflict => key.Path is { } path && registry.Find(path.Group, path.Version, path.Resource) is { } resource ? ApiError.Modified(resource, path.Name) : null,
        RequestFault.TooManyRequests => Again(429, "TooManyRequests", "Too many requests, please try again later.", plan),
        RequestFault.Unavailable => Again(503, "ServiceUnavailable", "the server is currently unable to handle the request", plan),
        RequestFault.GatewayTimeout => new ApiError(504, "Timeout", "Timeout: request did not complete within the allotted timeout") { Details = [] },
        _ => ApiError.Internal("a fault that was asked for"),
    };

    private static ApiError Again(int code, string reason, string message, FaultPlan plan) =>
        new(code, reason, message) { RetryAfter = plan.RetryAfterSeconds, Details = new JsonObject { ["retryAfterSeconds"] = plan.RetryAfterSeconds } };
}
