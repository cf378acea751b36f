// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Role based access as the stored roles and bindings say; masters may do everything.</summary>
internal sealed class RbacAuthorizer(ObjectStore store)
{
    private const string Group = ".rbac.authorization.k8s.io";

    /// <summary>Paths that everybody may read, and those for which one must have logged in (the built-in discovery roles).</summary>
    private static readonly string[] PublicPaths = ["/healthz", "/livez", "/readyz", "/version"];

    private static readonly string[] DiscoveryPaths = ["/api", "/apis", "/openapi", "/version"];

    private static readonly string[] SelfReviews = ["selfsubjectaccessreviews", "selfsubjectreviews"];

    public bool Allows(UserInfo user, AccessRequest request)
    {
        if (user.Groups.Contains(UserInfo.Masters))
            return true;
        if (request.Path.Length > 0)
            return request.Verb == "get" && IsOpen(user, request.Path);
        if (user.Groups.Contains("system:authenticated") && request.Verb == "create" && SelfReviews.Contains(request.Resource))
            return true;
        return Bindings("clusterrolebindings", "").Any(binding => Grants(binding, user, request))
            || (request.Namespace.Length > 0 && Bindings("rolebindings", request.Namespace).Any(binding => Grants(binding, user, request)));
    }

    private static bool IsOpen(UserInfo user, string path) =>
        PublicPaths.Any(open => Covers(open, path)) || (user.Groups.Contains("system:authenticated") && DiscoveryPaths.Any(open => Covers(open, path)));

    private static bool Covers(string open, string path) => path == open || path.StartsWith(open + "/", StringComparison.Ordinal);

    private IEnumerable<StoredObject> Bindings(string plural, string @namespace) => store.List(plural + Group, @namespace).Items;

    private bool Grants(StoredObject binding, UserInfo user, AccessRequest request)
    {
        JsonObject body = binding.Thaw();
        if (!body.Items("subjects").Any(subject => IsSubject(subject, user, binding.Namespace)))
            return false;
        string role = body.Text("roleRef", "name") ?? "";
        StoredObject? found = body.Text("roleRef", "kind") == "Role"
            ? store.Find("roles" + Group, binding.Namespace, role)
            : store.Find("clusterroles" + Group, "", role);
        return found?.Thaw().Items("rules").Any(rule => Fits(rule, request)) == true;
    }

    private static bool IsSubject(JsonNode? subject, UserInfo user, string @namespace) => subject.Text("kind") switch
    {
        "User" => subject.Text("name") == user.Name,
        "Group" => user.Groups.Contains(subject.Text("name") ?? ""),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Text("namespace") ?? @namespace}:{subject.Text("name")}",
        _ => false,
    };

    private static bool Fits(JsonNode? rule, AccessRequest request) =>
        Has(rule, "verbs", request.Verb) && Has(rule, "apiGroups", request.Group)
        && (Has(rule, "resources", request.QualifiedResource) || (request.Subresource.Length > 0 && rule.Strings("resources").Contains($"*/{request.Subresource}")))
        && (!rule.Items("resourceNames").Any() || (request.Name.Length > 0 && rule.Strings("resourceNames").Contains(request.Name)));

    private static bool Has(JsonNode? rule, string field, string value) => rule.Strings(field).Any(item => item == "*" || item == value);
}
