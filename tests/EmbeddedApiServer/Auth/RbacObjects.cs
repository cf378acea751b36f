// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>A role binding, read once per version.</summary>
internal sealed record RbacBinding(IReadOnlyList<RbacBinding.Subject> Subjects, bool IsToRole, string Role)
{
    public sealed record Subject(string Kind, string Name, string Namespace);

    public static RbacBinding Of(StoredObject item)
    {
        JsonObject body = item.Thaw();
        return new(
            [.. body.Items("subjects").Select(subject => new Subject(subject.Text("kind") ?? "", subject.Text("name") ?? "", subject.Text("namespace") ?? item.Namespace))],
            body.Text("roleRef", "kind") == "Role",
            body.Text("roleRef", "name") ?? "");
    }

    public bool Names(UserInfo user) => Subjects.Any(subject => subject.Kind switch
    {
        "User" => subject.Name == user.Name,
        "Group" => user.Groups.Contains(subject.Name),
        "ServiceAccount" => user.Name == $"system:serviceaccount:{subject.Namespace}:{subject.Name}",
        _ => false,
    });
}

/// <summary>A role, read once per version.</summary>
internal sealed record RbacRole(IReadOnlyList<RbacRole.Rule> Rules)
{
    public sealed record Rule(string[] Verbs, string[] Groups, string[] Resources, string[] Names);

    public static RbacRole Of(StoredObject item) => new(
        [.. item.Thaw().Items("rules").Select(rule => new Rule([.. rule.Strings("verbs")], [.. rule.Strings("apiGroups")], [.. rule.Strings("resources")], [.. rule.Strings("resourceNames")]))]);

    public bool Allows(AccessRequest request) => Rules.Any(rule =>
        Has(rule.Verbs, request.Verb) && Has(rule.Groups, request.Group)
        && (Has(rule.Resources, request.QualifiedResource) || (request.Subresource.Length > 0 && rule.Resources.Contains($"*/{request.Subresource}")))
        && (rule.Names.Length == 0 || (request.Name.Length > 0 && rule.Names.Contains(request.Name))));

    private static bool Has(string[] list, string value) => Array.Exists(list, item => item == "*" || item == value);
}
