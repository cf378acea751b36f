// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>
/// Syntax of names, labels and tolerations as the API server checks it (apimachinery, util/validation). Checked here as well, so
/// that a wrong selector is named in the diagnosis' status instead of in a refused DaemonSet.
/// </summary>
internal static class LabelSyntax
{
    /// <summary>Lower-case DNS subdomain of at most 253 characters; as in the API server its parts have no limit of their own.</summary>
    public static bool IsDnsSubdomain(string name)
    {
        if (name.Length is 0 or > 253)
            return false;
        foreach (var label in name.Split('.'))
        {
            if (label.Length == 0 || label[0] == '-' || label[^1] == '-')
                return false;
            if (label.AsSpan().ContainsAnyExcept(LowerDns))
                return false;
        }

        return true;
    }

    /// <summary>Label or annotation key: an optional DNS prefix, a slash, and a name of at most 63 characters.</summary>
    public static bool IsKey(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !IsDnsSubdomain(key[..slash]))
            return false;
        var name = key[(slash + 1)..];
        return name.Length > 0 && IsValue(name);
    }

    /// <summary>Label value: empty, or at most 63 characters that begin and end with a letter or digit.</summary>
    public static bool IsValue(string value)
    {
        if (value.Length == 0)
            return true;
        return value.Length <= 63
            && char.IsAsciiLetterOrDigit(value[0])
            && char.IsAsciiLetterOrDigit(value[^1])
            && !value.AsSpan().ContainsAnyExcept(LabelCharacters);
    }

    /// <summary>What is wrong with the first wrong label; null when all are right.</summary>
    public static string? FaultOf(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels)
        {
            if (!IsKey(key))
                return $"'{key}' is not a label key";
            if (value is null || !IsValue(value))
                return $"the value of '{key}' is not a label value";
        }

        return null;
    }

    /// <summary>What is wrong with the toleration; null when it is right.</summary>
    public static string? FaultOf(Toleration toleration)
    {
        var key = toleration.Key ?? "";
        var value = toleration.Value ?? "";
        if (key.Length > 0 && !IsKey(key))
            return $"'{key}' is not a taint key";
        if (key.Length == 0 && toleration.Operator != TolerationOperator.Exists)
            return "without a key the operator must be Exists";
        if (toleration.Operator == TolerationOperator.Exists && value.Length > 0)
            return "operator Exists takes no value";
        return IsValue(value) ? null : $"'{value}' is not a taint value";
    }

    private static readonly System.Buffers.SearchValues<char> LowerDns =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly System.Buffers.SearchValues<char> LabelCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
}
