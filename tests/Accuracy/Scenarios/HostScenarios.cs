// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Clocks, kernels and userspace programs: sections O, P and Q of the failure catalogue.</summary>
internal static class HostScenarios
{
    // The node's own processes only; the program is not told from others by its arguments, as a node has one.
    private const string Kill = "for p in /proc/[0-9]*; do [ \"$(cat $p/comm 2>/dev/null)\" = wireguard-go ] && kill -9 \"${p#/proc/}\"; done; sleep 1";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new()
        {
            Code = "WG-UAPI-SOCKET-STALE",
            Title = "B's WireGuard program was killed",
            Implementations = Implementations.Userspace,
            InjectAsync = (s, ct) => s.DoAsync(s.B, Kill, ct),
        },
        new()
        {
            Code = "WG-TUN-UNAVAILABLE",
            Title = "B's WireGuard program ended, and /dev/net/tun is not there for it any more",
            Implementations = Implementations.Userspace,
            InjectAsync = (s, ct) => s.DoAsync(s.B, $"ip link del {s.Device(s.B)}; sleep 1; mount --bind /dev/null /dev/net/tun", ct),
        },
        new()
        {
            Code = "WG-RELAYED-PATH",
            Title = "A reaches B through a relay on A itself",
            Layouts = Layouts.Flannel | Layouts.Sites,
            Families = Families.V4,
            Hurts = Hurt.None,
            Effect = async (s, ct) => await s.PingAsync(s.A, true, s.Pod(s.B), ct)
                && (await s.DoAsync(s.A, $"wg show {s.Device(s.A)} endpoints", ct)).Contains("127.0.0.1:", StringComparison.Ordinal),
            InjectAsync = async (s, ct) =>
            {
                await s.DoAsync(s.A, "sysctl -qw net.ipv4.conf.all.route_localnet=1", ct);
                await s.NftAsync(
                    s.A,
                    $"table ip relay {{ chain o {{ type nat hook output priority -100; ip daddr 127.0.0.1 udp dport 3478 dnat to {s.Endpoint(s.B)}; }}; chain p {{ type nat hook postrouting priority 100; ip saddr 127.0.0.1 oifname \"{s.Uplink(s.A)}\" masquerade; }}; }}",
                    ct);
                await s.WgSetAsync(s.A, $"peer {s.Key(s.B)} endpoint 127.0.0.1:3478", ct);
            },
        },
        Scenario.Impossible("WG-USERSPACE-SILENT-DROP", "a consequence of wrong AllowedIPs, never a root cause", "MachineFaultTests"),
        Scenario.Impossible("WG-USERSPACE-FALLBACK", "needs the kernel's WireGuard beside wireguard-go", "MachineFaultTests"),
        Scenario.Impossible("WG-MODULE-MISSING", "needs nodes with different kernels", "MachineFaultTests"),
        Scenario.Impossible("WG-MODULE-SIGNATURE", "needs Secure Boot", "MachineFaultTests"),
        Scenario.Impossible("WG-KERNEL-BUG", "needs a kernel that stumbles", "MachineFaultTests"),
        Scenario.Impossible("WG-SUSPEND-RESUME", "needs a machine that sleeps", "MachineFaultTests"),
        Scenario.Impossible("WG-CLOCK-BACKWARD-REPLAY", "all nodes of a lab have the machine's clock", "MachineFaultTests"),
        Scenario.Impossible("WG-CLOCK-SKEW-CONTROLPLANE", "all nodes of a lab have the machine's clock", "MachineFaultTests"),
        Scenario.Impossible("WG-HANDSHAKE-TIME-FUTURE", "all nodes of a lab have the machine's clock", "MachineFaultTests"),
    ];
}
