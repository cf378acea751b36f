// SPDX-License-Identifier: Apache-2.0

using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Auth;

/// <summary>Impersonate-User and Impersonate-Group, for the administrator (<c>kubectl auth can-i --as</c>).</summary>
internal static class Impersonation
{
    private const string ServiceAccountPrefix = "system:serviceaccount:";

    /// <summary>The user to act as; null when the caller may not act as somebody else.</summary>
    public static UserInfo? Apply(UserInfo caller, IHeaderDictionary headers)
    {
        string name = headers["Impersonate-User"].ToString();
        if (name.Length == 0)
            return caller;
        if (!caller.Groups.Contains(UserInfo.Masters))
            return null;
        List<string> groups = [.. headers["Impersonate-Group"].OfType<string>(), "system:authenticated"];
        if (name.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal))
            groups.AddRange(["system:serviceaccounts", $"system:serviceaccounts:{name[ServiceAccountPrefix.Length..].Split(':')[0]}"]);
        return new UserInfo(name, "", groups, new Dictionary<string, string>());
    }
}
