// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.ReversePath;

/// <summary>The reverse path filter as the kernel computes it (IN_DEV_RPFILTER: the larger of "all" and the device's own).</summary>
internal static class ReversePathFilter
{
    public const int Off = 0;
    public const int Strict = 1;
    public const int Loose = 2;

    /// <summary>The effective value for a link; null when it was not read.</summary>
    public static long? Effective(NamespaceView ns, string link)
    {
        var all = ns.Sysctl("net.ipv4.conf.all.rp_filter");
        // A report that had to be small leaves out a device's value where it is that of "all".
        var own = ns.Sysctl(Name(link)) ?? all;
        return all is null || own is null ? null : Math.Max(all.Value, own.Value);
    }

    /// <summary>The switch to turn: the one that makes the value what it is.</summary>
    public static string Name(string link) => $"net.ipv4.conf.{link.Replace('.', '/')}.rp_filter";
}
