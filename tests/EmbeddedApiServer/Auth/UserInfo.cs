// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Who makes a request.</summary>
internal sealed record UserInfo(string Name, string Uid, IReadOnlyList<string> Groups, IReadOnlyDictionary<string, string> Extra)
{
    public const string Masters = "system:masters";

    private static readonly Dictionary<string, string> NoExtra = [];

    public static UserInfo Anonymous { get; } = new("system:anonymous", "", ["system:unauthenticated"], NoExtra);

    public static UserInfo Admin { get; } = new("kubernetes-admin", "", [Masters, "system:authenticated"], NoExtra);

    /// <summary>The controllers that live in the server's own process.</summary>
    public static UserInfo Controllers { get; } = new("system:kube-controller-manager", "", [Masters, "system:authenticated"], NoExtra);

    /// <summary>As it stands in reviews and in the variable <c>request.userInfo</c> of policies.</summary>
    public JsonObject ToJson()
    {
        var extra = new JsonObject();
        foreach ((string key, string value) in Extra)
            extra[key] = new JsonArray(value);
        return new JsonObject { ["username"] = Name, ["uid"] = Uid, ["groups"] = Json.Array(Groups), ["extra"] = extra };
    }
}
