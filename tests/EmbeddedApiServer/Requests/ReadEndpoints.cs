// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>GET of one object, of a collection, and watches.</summary>
/// <param name="streamsLists">False: sendInitialEvents is refused, as by servers before Kubernetes 1.27.</param>
internal sealed class ReadEndpoints(VerbSet verbs, Presenter presenter, Func<string, string, string?> podLog, ConnectionGate gate, bool streamsLists)
{
    public Task HandleAsync(RequestContext request) => request.Verb switch
    {
        "get" when request.Target.Subresource == "log" => LogAsync(request),
        "get" => GetAsync(request),
        _ => CollectionAsync(request),
    };

    private Task GetAsync(RequestContext request)
    {
        Target target = request.Target;
        if (verbs.Store.Find(target.Resource.Storage, target.Namespace, target.Name) is not { } item)
            return ResponseWriter.ErrorAsync(request.Http, ApiError.NotFound(target.Resource, target.Name));
        return Presenter.IsPlain(target.Resource, item, request.Form)
            ? ResponseWriter.BytesAsync(request.Http, 200, item.Json, "application/json")
            : ResponseWriter.JsonAsync(request.Http, 200, presenter.One(target.Resource, target.Resource.Show(item), request.Form, request.IncludeObject));
    }

    private Task LogAsync(RequestContext request) =>
        podLog(request.Target.Namespace, request.Target.Name) is { } log
            ? ResponseWriter.TextAsync(request.Http, 200, log)
            : ResponseWriter.ErrorAsync(request.Http, ApiError.NotFound(request.Target.Resource, request.Target.Name));

    private Task CollectionAsync(RequestContext request)
    {
        (ListQuery? query, ApiError? problem) = ListQuery.Parse(request.Target.Resource, request.Parameter);
        if (query is null)
            return ResponseWriter.ErrorAsync(request.Http, problem!);
        if (query.Watch)
            return WatchAsync(request, query);
        (ListResult? list, problem) = verbs.Lister.List(request.Target, query);
        if (list is null)
            return ResponseWriter.ErrorAsync(request.Http, problem!);
        return ListWriter.Fits(request.Target.Resource, list, request.Form)
            ? ListWriter.WriteAsync(request.Http, request.Target.Resource, list)
            : ResponseWriter.JsonAsync(request.Http, 200, presenter.Many(request.Target.Resource, list, request.Form, request.IncludeObject));
    }

    private async Task WatchAsync(RequestContext request, ListQuery query)
    {
        if (query.SendInitialEvents && !streamsLists)
        {
            await ResponseWriter.ErrorAsync(request.Http, ListQuery.NoStreamingLists());
            return;
        }

        if (verbs.Watcher.Check(query) is { } problem)
        {
            await ResponseWriter.ErrorAsync(request.Http, problem);
            return;
        }

        var stream = new WatchStream(request, presenter);
        await stream.OpenAsync();
        WatchFault? fault = request.Http.Features.Get<WatchFault>();
        using CancellationTokenSource? limit = fault is null ? null : new CancellationTokenSource(fault.Within, verbs.Pipeline.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(request.Http.RequestAborted, limit?.Token ?? CancellationToken.None);
        if (await SendAsync(request, query, stream, end.Token) && fault is not null)
            await fault.HappenAsync(stream, request.Target.Resource, verbs.Store.Revision);
    }

    /// <summary>True when the watch met its fault, false when it ended by itself.</summary>
    private async Task<bool> SendAsync(RequestContext request, ListQuery query, WatchStream stream, CancellationToken end)
    {
        WatchFault? fault = request.Http.Features.Get<WatchFault>();
        try
        {
            await foreach (IReadOnlyList<WatchFrame> frames in verbs.Watcher.RunAsync(request.Target, query, end))
            {
                await gate.HoldsUpAsync(end);
                if (fault?.IsDueAfter(frames.Count) == true)
                    return true;
                await stream.WriteAsync(frames);
            }
        }
        catch (OperationCanceledException) when (!request.Http.RequestAborted.IsCancellationRequested)
        {
            return true;
        }

        return false;
    }
}
