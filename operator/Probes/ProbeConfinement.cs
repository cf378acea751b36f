// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Probes;

/// <summary>What the probe's container may do on a node, and why it may do that.</summary>
internal static class ProbeConfinement
{
    private const string LocalhostPrefix = "Localhost/";

    /// <summary>The container's security context.</summary>
    public static SecurityContext Of(ProbeSettings settings) => new()
    {
        // Capabilities in the initial user namespace and UAPI sockets (mode 0600, root's) need uid 0.
        RunAsUser = 0,
        RunAsGroup = 0,
        RunAsNonRoot = false,
        Privileged = settings.Privileged,
        // No set-uid program is ever run. The API refuses false for privileged containers.
        AllowPrivilegeEscalation = settings.Privileged,
        // The probe writes no files.
        ReadOnlyRootFilesystem = true,
        Capabilities = new Capabilities
        {
            Drop = ["ALL"],
            Add =
            [
                "NET_ADMIN", // WG_CMD_GET_DEVICE is GENL_UNS_ADMIN_PERM; dumps of nf_tables and conntrack; socket options of legacy tables.
                "NET_RAW", // The legacy tables are options of a raw socket; it sends and receives nothing.
                "SYS_ADMIN", // setns(2) into another network namespace.
                "SYS_PTRACE", // Opening /proc/<pid>/ns/net, /proc/<pid>/fd and /proc/1/root of other processes (ptrace read access).
                // Not SYSLOG: the device cgroup keeps /dev/kmsg from a container that is not privileged, with it as without it.
                // Not DAC_READ_SEARCH: it would only add the sockets of processes that are not root's.
            ],
        },
        // The runtime's filter lets setns through for SYS_ADMIN (containerd and CRI-O alike), so nothing needs to be unconfined.
        SeccompProfile = settings.Privileged ? null : new SeccompProfile { Type = "RuntimeDefault" },
        AppArmorProfile = settings.Privileged ? null : AppArmor(settings.AppArmorProfile),
        SeLinuxOptions = string.IsNullOrEmpty(settings.SeLinuxType) ? null : new SeLinuxOptions { Type = settings.SeLinuxType },
    };

    private static AppArmorProfile AppArmor(string profile) => profile.StartsWith(LocalhostPrefix, StringComparison.Ordinal)
        ? new AppArmorProfile { Type = "Localhost", LocalhostProfile = profile[LocalhostPrefix.Length..] }
        : new AppArmorProfile { Type = profile };
}
