// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>What a request is, before anybody looks at its credentials: the sender's product name, the verb, the resource.</summary>
/// <param name="Resource">With subresource; empty for health, discovery and the like.</param>
internal sealed record RequestKey(string Agent, string Verb, string Resource, RequestPath? Path)
{
    private const int MaxAgent = 64;

    public bool IsWatch => Verb == "watch";

    public static RequestKey Of(HttpContext context)
    {
        RequestPath? path = RequestPath.Parse(context.Request.Path.Value ?? "/");
        string agent = context.Request.Headers.UserAgent.ToString().Split('/', ' ')[0];
        string name = agent.Length is 0 ? "unknown" : agent.Length <= MaxAgent ? agent : agent[..MaxAgent];
        if (path is null)
            return new(name, context.Request.Method.ToLowerInvariant(), "", null);
        bool isWatch = context.Request.Query["watch"].ToString() is "true" or "1";
        string resource = path.Subresource.Length == 0 ? path.Resource : $"{path.Resource}/{path.Subresource}";
        return new(name, path.VerbOf(context.Request.Method, isWatch) ?? "unknown", resource, path);
    }
}
