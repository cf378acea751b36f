// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Reads addresses as annotations spell them.</summary>
internal static class Addresses
{
    /// <summary>An address, also one with a prefix length or a port behind it; nothing when it is none (a name, say).</summary>
    public static IEnumerable<IpAddr> Parse(string? text)
    {
        if (text is null) yield break;
        var end = text.IndexOf('/', StringComparison.Ordinal);
        var plain = end < 0 ? text : text[..end];
        if (IpAddr.TryParse(plain, out var address)) yield return address;
        else if (Host(plain) is { } host && IpAddr.TryParse(host, out address)) yield return address;
    }

    private static string? Host(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon < 0 ? null : text[..colon].Trim('[', ']');
    }
}
