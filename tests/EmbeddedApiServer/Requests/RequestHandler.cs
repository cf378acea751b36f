// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>The way of every request: who is it, what is asked, may they, and then the endpoint.</summary>
internal sealed class RequestHandler(Authenticator authenticator, RbacAuthorizer authorizer, ResourceRegistry registry, PlainEndpoints plain, ReadEndpoints reads, WriteEndpoints writes)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception error) when (!context.Response.HasStarted && error is not (BadHttpRequestException or IOException))
        {
            // The outer edge: a fault of this server is told to the client as a real server does, and the server lives on.
            await ResponseWriter.ErrorAsync(context, ApiError.Internal(error.ToString()));
        }
    }

    private async Task RouteAsync(HttpContext context)
    {
        UserInfo? user = authenticator.Authenticate(context.Request.Headers.Authorization);
        if (user is null)
        {
            await ResponseWriter.ErrorAsync(context, ApiError.Unauthorized());
            return;
        }

        if (Impersonation.Apply(user, context.Request.Headers) is not { } actor)
        {
            string other = context.Request.Headers["Impersonate-User"].ToString();
            await ResponseWriter.ErrorAsync(context, new AccessRequest("impersonate", "", "users", "", "", other).Refuse(user));
            return;
        }

        await RouteAsync(context, actor);
    }

    private async Task RouteAsync(HttpContext context, UserInfo user)
    {
        string path = context.Request.Path.Value ?? "/";
        if (RequestPath.Parse(path) is not { } parsed)
        {
            AccessRequest access = AccessRequest.ForPath(context.Request.Method.ToLowerInvariant(), path);
            await (authorizer.Allows(user, access) ? plain.HandleAsync(context, path) : ResponseWriter.ErrorAsync(context, access.Refuse(user)));
            return;
        }

        bool isWatch = context.Request.Query["watch"].ToString() is "true" or "1";
        if (parsed.VerbOf(context.Request.Method, isWatch) is not { } verb)
        {
            await ResponseWriter.ErrorAsync(context, ApiError.MethodNotAllowed());
            return;
        }

        var wanted = new AccessRequest(verb, parsed.Group, parsed.Resource, parsed.Subresource, parsed.Namespace, parsed.Name);
        if (!authorizer.Allows(user, WithSelectedName(wanted, context)))
        {
            await ResponseWriter.ErrorAsync(context, wanted.Refuse(user));
            return;
        }

        await DispatchAsync(context, user, parsed, verb);
    }

    private Task DispatchAsync(HttpContext context, UserInfo user, RequestPath parsed, string verb)
    {
        ApiResource? resource = registry.Find(parsed.Group, parsed.Version, parsed.Resource);
        if (resource is null || (parsed.Subresource.Length > 0 && !resource.Subresources.Contains(parsed.Subresource)))
            return ResponseWriter.NoSuchPageAsync(context);
        bool isWrong = !resource.Verbs.Contains(verb) || (resource.Namespaced && parsed.Namespace.Length == 0 && verb is not ("list" or "watch" or "deletecollection"));
        if (isWrong || (parsed.Subresource == "log" && verb != "get") || (parsed.Subresource == "token" && verb != "create"))
            return ResponseWriter.ErrorAsync(context, ApiError.MethodNotAllowed());
        var target = new Target(resource, resource.Namespaced ? parsed.Namespace : "", parsed.Name, parsed.Subresource);
        var request = new RequestContext(context, user, target, verb);
        return verb is "get" or "list" or "watch" ? reads.HandleAsync(request) : writes.HandleAsync(request);
    }

    /// <summary>A list or watch of exactly one name is authorized by that name.</summary>
    private static AccessRequest WithSelectedName(AccessRequest access, HttpContext context)
    {
        const string Prefix = "metadata.name=";
        string selector = context.Request.Query["fieldSelector"].ToString();
        return access.Name.Length == 0 && access.Verb is "list" or "watch" && selector.StartsWith(Prefix, StringComparison.Ordinal) && !selector.Contains(',', StringComparison.Ordinal)
            ? access with { Name = selector[Prefix.Length..].TrimStart('=') }
            : access;
    }
}
