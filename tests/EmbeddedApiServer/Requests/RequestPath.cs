// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>A URL path of the resource API, taken apart.</summary>
internal sealed record RequestPath(string Group, string Version, string Namespace, string Resource, string Name, string Subresource)
{
    /// <summary>Null for paths that are not about resources (discovery, health, openapi).</summary>
    public static RequestPath? Parse(string path)
    {
        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        (string group, string version, string[] rest) = parts switch
        {
            ["api", { } core, .. { Length: > 0 } tail] => ("", core, tail),
            ["apis", { } named, { } second, .. { Length: > 0 } tail] => (named, second, tail),
            _ => ("", "", []),
        };
        if (rest.Length == 0)
            return null;
        string home = "";
        if (rest is ["namespaces", { } name, { } next, ..] && next is not ("status" or "finalize"))
        {
            home = name;
            rest = rest[2..];
        }

        return rest.Length > 3 ? null : new(group, version, home, rest[0], rest.ElementAtOrDefault(1) ?? "", rest.ElementAtOrDefault(2) ?? "");
    }

    public string? VerbOf(string method, bool isWatch) => (method, Name.Length > 0) switch
    {
        ("GET" or "HEAD", true) => "get",
        ("GET" or "HEAD", false) => isWatch ? "watch" : "list",
        ("POST", _) => "create",
        ("PUT", true) => "update",
        ("PATCH", true) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        _ => null,
    };
}
