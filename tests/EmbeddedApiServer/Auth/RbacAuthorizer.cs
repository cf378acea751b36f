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

    private bool Grants(StoredObject item, UserInfo user, AccessRequest request)
    {
        RbacBinding binding = item.View(RbacBinding.Of);
        if (!binding.Names(user))
            return false;
        StoredObject? role = binding.IsToRole ? store.Find("roles" + Group, item.Namespace, binding.Role) : store.Find("clusterroles" + Group, "", binding.Role);
        return role?.View(RbacRole.Of).Allows(request) == true;
    }
}
