// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Bearer tokens to users: the administrator's, or a service account's whose account and pod still exist.</summary>
internal sealed class Authenticator(ObjectStore store, TokenIssuer issuer, string adminToken)
{
    private readonly byte[] _admin = Encoding.UTF8.GetBytes(adminToken);

    /// <summary>Null: there are credentials and they are wrong.</summary>
    public UserInfo? Authenticate(string? authorization)
    {
        if (string.IsNullOrEmpty(authorization))
            return UserInfo.Anonymous;
        const string Scheme = "Bearer ";
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? FromToken(authorization[Scheme.Length..].Trim()) : null;
    }

    public UserInfo? FromToken(string token)
    {
        if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), _admin))
            return UserInfo.Admin;
        JsonObject? claims = issuer.Verify(token);
        JsonNode? bound = claims.At("kubernetes.io");
        string @namespace = bound.Text("namespace") ?? "";
        if (bound is null || store.Find("serviceaccounts", @namespace, bound.Text("serviceaccount", "name") ?? "") is not { } account)
            return null;
        if (account.Uid != bound.Text("serviceaccount", "uid"))
            return null;
        var extra = new Dictionary<string, string> { ["authentication.kubernetes.io/credential-id"] = "JTI=" + claims.Text("jti") };
        if (bound["pod"] is { } pod)
        {
            if (store.Find("pods", @namespace, pod.Text("name") ?? "")?.Uid != pod.Text("uid"))
                return null;
            extra["authentication.kubernetes.io/pod-name"] = pod.Text("name")!;
            extra["authentication.kubernetes.io/pod-uid"] = pod.Text("uid")!;
        }

        if (bound["node"] is { } node)
        {
            extra["authentication.kubernetes.io/node-name"] = node.Text("name")!;
            extra["authentication.kubernetes.io/node-uid"] = node.Text("uid")!;
        }

        return new UserInfo($"system:serviceaccount:{@namespace}:{account.Name}", account.Uid,
            ["system:serviceaccounts", $"system:serviceaccounts:{@namespace}", "system:authenticated"], extra);
    }
}
