// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>POST, PUT, PATCH and DELETE.</summary>
internal sealed class WriteEndpoints(VerbSet verbs, Presenter presenter, SpecialEndpoints special)
{
    public async Task HandleAsync(RequestContext request)
    {
        if (request.Verb is "delete" or "deletecollection")
        {
            await DeleteAsync(request);
            return;
        }

        (WriteOptions? options, ApiError? problem) = request.WriteOptions();
        if (options is null)
        {
            await ResponseWriter.ErrorAsync(request.Http, problem!);
            return;
        }

        Answer answer = await WriteAsync(request, options);
        ResponseWriter.Warn(request.Http, options.Warnings);
        if (answer.Item is { } written)
            RequestMeter.Of(request.Http).Wrote(written.Size);
        if (answer.Error is not null)
            await ResponseWriter.ErrorAsync(request.Http, answer.Error);
        else if (answer.Item is { } item && Presenter.IsPlain(request.Target.Resource, item, request.Form))
            await ResponseWriter.BytesAsync(request.Http, answer.Code, item.Json, "application/json");
        else
            await ResponseWriter.JsonAsync(request.Http, answer.Code, presenter.One(request.Target.Resource, answer.Body!, request.Form, request.IncludeObject));
    }

    private async Task<Answer> WriteAsync(RequestContext request, WriteOptions options)
    {
        ApiResource resource = request.Target.Resource;
        string mediaType = BodyReader.MediaType(request.Http.Request);
        if (request.Verb == "patch" ? Patcher.Unsupported(resource, mediaType) is { } known : mediaType is not ("application/json" or "application/yaml" or BodyReader.Protobuf))
            return ApiError.UnsupportedMediaType(request.Verb == "patch" ? Patcher.Unsupported(resource, mediaType)! : BodyReader.ObjectTypes);
        (byte[]? bytes, ApiError? problem) = await BodyReader.ReadAsync(request.Http.Request, request.Http.RequestAborted);
        if (bytes is null)
            return problem!;
        RequestMeter.Of(request.Http).Received(bytes.Length);
        (JsonNode? body, problem) = BodyReader.Decode(bytes, mediaType, resource.Kind);
        if (body is null)
            return problem!;
        if (request.Verb == "patch")
            return verbs.Patcher.Patch(request.Target, mediaType, body, options);
        if (body is not JsonObject map)
            return ApiError.BadRequest($"the object provided is unrecognized (must be of type {resource.Kind})");
        if (request.Verb == "update")
            return verbs.Updater.Replace(request.Target, map, options);
        return special.Handles(request.Target) ? special.Create(request.Target, map, options) : verbs.Creator.Create(request.Target, map, options);
    }

    private async Task DeleteAsync(RequestContext request)
    {
        (byte[]? bytes, ApiError? problem) = await BodyReader.ReadAsync(request.Http.Request, request.Http.RequestAborted);
        JsonNode? body = null;
        if (bytes is { Length: > 0 })
            (body, problem) = BodyReader.Decode(bytes, BodyReader.MediaType(request.Http.Request), "DeleteOptions");
        if (problem is not null)
        {
            await ResponseWriter.ErrorAsync(request.Http, problem);
            return;
        }

        DeleteOptions options = DeleteOptions.Read(body as JsonObject, request.Parameter);
        if (request.Verb == "delete")
        {
            Answer answer = verbs.Deleter.Delete(request.Target, options, request.User);
            if (answer.Error is null)
                RequestMeter.Of(request.Http).Wrote(0);
            await (answer.Error is null ? ResponseWriter.JsonAsync(request.Http, answer.Code, answer.Body!) : ResponseWriter.ErrorAsync(request.Http, answer.Error));
            return;
        }

        (ListQuery? query, problem) = ListQuery.Parse(request.Target.Resource, request.Parameter);
        ListResult? deleted = null;
        if (query is not null)
            (deleted, problem) = verbs.CollectionDeleter.Delete(request.Target, query, options, request.User);
        await (deleted is null
            ? ResponseWriter.ErrorAsync(request.Http, problem!)
            : ResponseWriter.JsonAsync(request.Http, 200, presenter.Many(request.Target.Resource, deleted, request.Form, request.IncludeObject)));
    }
}
