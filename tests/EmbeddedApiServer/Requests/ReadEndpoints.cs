// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>GET of one object, of a collection, and watches.</summary>
internal sealed class ReadEndpoints(VerbSet verbs, Presenter presenter, Func<string, string, string?> podLog)
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
        return ResponseWriter.JsonAsync(request.Http, 200, presenter.One(target.Resource, target.Resource.Show(item), request.Form, request.IncludeObject));
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
        return list is null
            ? ResponseWriter.ErrorAsync(request.Http, problem!)
            : ResponseWriter.JsonAsync(request.Http, 200, presenter.Many(request.Target.Resource, list, request.Form, request.IncludeObject));
    }

    private async Task WatchAsync(RequestContext request, ListQuery query)
    {
        if (Watcher.Check(query) is { } problem)
        {
            await ResponseWriter.ErrorAsync(request.Http, problem);
            return;
        }

        var response = request.Http.Response;
        response.StatusCode = 200;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-cache, private";
        // The open stream itself is news: a client may wait for the headers before it lets others write.
        await response.StartAsync(request.Http.RequestAborted);
        await response.Body.FlushAsync(request.Http.RequestAborted);
        bool isFirst = true;
        await foreach (IReadOnlyList<WatchFrame> frames in verbs.Watcher.RunAsync(request.Target, query, request.Http.RequestAborted))
        {
            foreach (WatchFrame frame in frames)
            {
                JsonObject body = presenter.Frame(request.Target.Resource, frame, request.Form, request.IncludeObject, isFirst);
                isFirst = false;
                await response.Body.WriteAsync(Json.Bytes(body), request.Http.RequestAborted);
                await response.Body.WriteAsync("\n"u8.ToArray(), request.Http.RequestAborted);
            }

            await response.Body.FlushAsync(request.Http.RequestAborted);
        }
    }
}
