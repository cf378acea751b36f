// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Host;

/// <summary>The running kernel.</summary>
public sealed record KernelFact
{
    /// <summary><c>uname -r</c>.</summary>
    public required string Release { get; init; }

    /// <summary>Build line (<c>uname -v</c>); null when it cannot be read.</summary>
    public string? Version { get; init; }

    /// <summary>Taint bits (/proc/sys/kernel/tainted); null when they cannot be read.</summary>
    public ulong? Tainted { get; init; }

    /// <summary>The bits in words (Documentation/admin-guide/tainted-kernels.rst).</summary>
    public IReadOnlyList<string> Taints { get; init; } = [];

    /// <summary><c>none</c>, <c>integrity</c>, <c>confidentiality</c>; null when the kernel has no lockdown or it cannot be read.</summary>
    public string? Lockdown { get; init; }

    /// <summary>Whether unsigned modules are refused; null when that cannot be read.</summary>
    public bool? SignedModulesOnly { get; init; }

    /// <summary>No module can be loaded until the next boot (kernel.modules_disabled); null when that cannot be read.</summary>
    public bool? ModulesDisabled { get; init; }

    /// <summary>
    /// /lib/modules has a folder for this kernel; false when it has some for other kernels only, so that nothing can be loaded until a
    /// reboot. Null when it cannot be read, or has none at all.
    /// </summary>
    public bool? HasModuleFiles { get; init; }

    /// <summary>Secure Boot of the firmware; null without EFI or when it cannot be read.</summary>
    public bool? SecureBoot { get; init; }

    /// <summary>Boot parameters that switch things off or around in the network: <c>ipv6.disable</c>, <c>mitigations</c>, <c>isolcpus</c> ...</summary>
    public IReadOnlyList<string> BootParameters { get; init; } = [];
}
