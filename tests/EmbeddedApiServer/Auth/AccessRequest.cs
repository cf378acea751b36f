// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>What somebody wants to do: a verb on a resource, or on a path that is no resource.</summary>
internal sealed record AccessRequest(string Verb, string Group, string Resource, string Subresource, string Namespace, string Name, string Path = "")
{
    public static AccessRequest ForPath(string verb, string path) => new(verb, "", "", "", "", "", path);

    public string QualifiedResource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    public ApiError Refuse(UserInfo user)
    {
        if (Path.Length > 0)
            return ApiError.Forbidden($"forbidden: User \"{user.Name}\" cannot {Verb} path \"{Path}\"", []);
        string qualified = Group.Length == 0 ? Resource : $"{Resource}.{Group}";
        string named = Name.Length == 0 ? qualified : $"{qualified} \"{Name}\"";
        string where = Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{Namespace}\"";
        return ApiError.Forbidden(
            $"{named} is forbidden: User \"{user.Name}\" cannot {Verb} resource \"{QualifiedResource}\" in API group \"{Group}\" {where}",
            ApiError.Target(Group, Resource, Name));
    }
}
