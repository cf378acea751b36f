// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>
/// Kernel modules: a list of those that matter, wherever they are, and all loaded ones of the same families. What is in the kernel is seen in
/// /proc/modules and /sys/module, what could be loaded in the host's /lib/modules.
/// </summary>
internal static class ModuleReader
{
    private const int MaxLoaded = 1024 * 1024;

    /// <summary>modules.dep has about one megabyte on distribution kernels.</summary>
    private const int MaxIndex = 16 * 1024 * 1024;

    private static readonly string[] Wanted =
    [
        "wireguard", "libchacha20poly1305", "libcurve25519", "udp_tunnel", "ip6_udp_tunnel", "tun", "veth", "vxlan", "bridge", "br_netfilter",
        "nf_conntrack", "nf_conntrack_netlink", "nf_nat", "nf_tables", "nft_compat", "ip_tables", "ip6_tables", "iptable_raw", "ip6table_raw",
        "ip_set", "ip_vs", "xt_comment", "xt_mark", "xt_connmark", "xt_conntrack", "xt_MASQUERADE", "xt_TCPMSS", "xt_set", "xt_u32", "xt_addrtype",
    ];

    private static readonly string[] Families =
        ["xt_", "ipt_", "ip6t_", "iptable_", "ip6table_", "nft_", "nf_", "ip_set", "ip_vs", "wireguard", "chacha", "poly1305", "libchacha", "libpoly", "curve25519", "amneziawg"];

    public static Reading<IReadOnlyList<ModuleFact>> Read(HostPaths paths, string release)
    {
        var loaded = FileBytes.Read(Path.Combine(paths.Proc, "modules"), MaxLoaded);
        // A kernel without CONFIG_MODULES has no such file: then all is built in or missing.
        if (loaded.Errno is not (0 or Errno.NoEntry)) return HostFile.Unreadable<IReadOnlyList<ModuleFact>>(Path.Combine(paths.Proc, "modules"), loaded.Errno);
        var files = ModuleFiles.Read(paths, release, MaxIndex);
        var modules = new SortedDictionary<string, ModuleFact>(StringComparer.Ordinal);
        var unknown = 0;
        foreach (var line in loaded.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            if (fields.Length < 5) unknown++;
            else if (IsOfFamily(fields[0]) || Wanted.Contains(fields[0])) modules[fields[0]] = LoadedModule(paths, fields);
        }

        foreach (var name in Wanted)
        {
            if (!modules.ContainsKey(name)) modules[name] = Absent(paths, name, files);
        }

        return Reading<IReadOnlyList<ModuleFact>>.Of([.. modules.Values], unknown: unknown);
    }

    // NAME SIZE REFERENCES USERS STATE ADDRESS [(TAINT)]
    private static ModuleFact LoadedModule(HostPaths paths, string[] fields) => new(
        fields[0],
        fields[4] == "Live" ? ModuleState.Loaded : ModuleState.Changing,
        HostFile.Line(paths.Sys, "module", fields[0], "version"),
        HostFile.Line(paths.Sys, "module", fields[0], "taint"));

    private static ModuleFact Absent(HostPaths paths, string name, ModuleFiles? files)
    {
        // What is built in has a folder here only when it has parameters or a version.
        if (Directory.Exists(Path.Combine(paths.Sys, "module", name)))
            return new ModuleFact(name, ModuleState.BuiltIn, HostFile.Line(paths.Sys, "module", name, "version"));
        if (files is null) return new ModuleFact(name, ModuleState.NotLoaded);
        if (files.BuiltIn.Contains(name)) return new ModuleFact(name, ModuleState.BuiltIn);
        return new ModuleFact(name, files.Loadable.Contains(name) ? ModuleState.Loadable : ModuleState.Missing);
    }

    private static bool IsOfFamily(string name) => Array.Exists(Families, family => name.StartsWith(family, StringComparison.Ordinal));
}
