// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Namespaces;

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>Makes the two facts of one reading of /proc/sys/net, and says how much is read where.</summary>
internal static class SysctlFacts
{
    /// <summary>Everything on the host and where devices of tunnels are. A node has thousands of pods' namespaces, each with six hundred files.</summary>
    public static SysctlScope ScopeOf(NamespaceTarget target, NamespaceFacts facts) =>
        target.Name == NamespaceTargets.HostName || (facts.Links.Value ?? []).Any(link => link.Kind is "wireguard" or "tun")
            ? SysctlScope.Whole
            : SysctlScope.Deciding;

    public static Fact<IReadOnlyDictionary<string, long>> NumbersOf(Fact<SysctlValues> read) => With(read, read.Value?.Numbers);

    public static Fact<IReadOnlyDictionary<string, string>> TextsOf(Fact<SysctlValues> read) => With(read, read.Value?.Texts);

    private static Fact<T> With<T>(Fact<SysctlValues> read, T? value)
        where T : class => new()
        {
            Source = read.Source,
            At = read.At,
            DurationMs = read.DurationMs,
            Value = value,
            NotAvailable = read.NotAvailable,
            Unknown = read.Unknown,
        };
}
