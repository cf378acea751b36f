// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>The running kernel: version, taint, what it forbids.</summary>
internal static class KernelReader
{
    /// <summary>Variable of the EFI global namespace; four bytes of attributes come before its one byte.</summary>
    private const string SecureBoot = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

    /// <summary>Names of the taint bits in their order (include/linux/panic.h).</summary>
    private static readonly string[] TaintNames =
    [
        "proprietary module", "forced module load", "out of specification", "forced module unload", "machine check", "bad page",
        "requested by a program", "died before", "ACPI table overridden", "warned before", "staging driver", "firmware workaround",
        "out-of-tree module", "unsigned module", "soft lockup", "live patched", "auxiliary", "randomised structures", "in-kernel test", "fwctl",
    ];

    /// <summary>Boot parameters worth showing; others may hold secrets (an initramfs takes passwords there).</summary>
    private static readonly string[] Parameters =
    [
        "ipv6.disable", "ipv6.disable_ipv6", "mitigations", "isolcpus", "nohz_full", "nosmt", "maxcpus", "nr_cpus", "clocksource", "tsc", "lockdown",
        "module.sig_enforce", "noxsave", "clearcpuid", "psi", "systemd.unified_cgroup_hierarchy", "cgroup_disable", "net.ifnames", "fips", "threadirqs",
    ];

    public static Reading<KernelFact> Read(HostPaths paths)
    {
        if (HostFile.Line(paths.Proc, "sys", "kernel", "osrelease") is not { } release)
            return Reading<KernelFact>.None(NotAvailableReason.NotPresent, $"{paths.Proc}/sys/kernel/osrelease cannot be read");
        var tainted = ulong.TryParse(HostFile.Line(paths.Proc, "sys", "kernel", "tainted"), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            ? bits : (ulong?)null;
        return Reading<KernelFact>.Of(new KernelFact
        {
            Release = release,
            Version = HostFile.Line(paths.Proc, "sys", "kernel", "version"),
            Tainted = tainted,
            Taints = TaintsOf(tainted ?? 0),
            Lockdown = LockdownOf(HostFile.Line(paths.Sys, "kernel", "security", "lockdown")),
            SignedModulesOnly = HostFile.Switch(paths.Sys, "module", "module", "parameters", "sig_enforce"),
            ModulesDisabled = HostFile.Switch(paths.Proc, "sys", "kernel", "modules_disabled"),
            SecureBoot = SecureBootOf(FileBytes.Read(Path.Combine(paths.Sys, "firmware", "efi", "efivars", SecureBoot), 64)),
            HasModuleFiles = ModuleFiles.Exist(paths, release),
            BootParameters = ParametersOf(HostFile.Line(paths.Proc, "cmdline")),
        });
    }

    /// <summary>The chosen mode stands in brackets: <c>none [integrity] confidentiality</c>.</summary>
    internal static string? LockdownOf(string? line)
    {
        var open = line?.IndexOf('[', StringComparison.Ordinal) ?? -1;
        var close = line?.IndexOf(']', StringComparison.Ordinal) ?? -1;
        return open >= 0 && close > open ? line![(open + 1)..close] : null;
    }

    internal static IReadOnlyList<string> TaintsOf(ulong bits)
    {
        var names = new List<string>();
        for (var i = 0; i < 64; i++)
        {
            if ((bits >> i & 1) != 0) names.Add(i < TaintNames.Length ? TaintNames[i] : string.Create(CultureInfo.InvariantCulture, $"bit {i}"));
        }

        return names;
    }

    private static bool? SecureBootOf(FileBytes file) => file is { Errno: 0, Bytes.Length: 5 } ? file.Bytes[4] == 1 : null;

    private static IReadOnlyList<string> ParametersOf(string? line) =>
    [
        .. (line ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => Parameters.Contains(word.Split('=', 2)[0])),
    ];
}
