// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;
using KubeWgDiag.Tests.Shared;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Debian's NetworkManager itself inside of a node: what it does to devices that it was told to manage, and that it leaves those alone that it only watches.</summary>
internal static class NetworkManagerScenarios
{
    public static IReadOnlyList<Scenario> Faults { get; } =
    [
        new()
        {
            Code = "WG-NETWORKMANAGER-INTERFERENCE",
            Title = "on A somebody changed and activated what NetworkManager shows of flannel's device: it has its routes no more",
            Layouts = Layouts.Flannel,
            Implementations = Implementations.Userspace,
            Effect = async (s, ct) => await StateAsync(s, s.A, ct) == "connected" && !(await s.DoAsync(s.A, $"{s.Ip} route get {s.Pod(s.B)} || true", ct)).Contains($"dev {s.Device(s.A)}", StringComparison.Ordinal),
            InjectAsync = async (s, ct) =>
            {
                await StartAsync(s, s.A, ct);
                await TakeAsync(s, s.A, ct);
            },
        },
        new()
        {
            Code = "WG-NETWORKMANAGER-INTERFERENCE",
            Variant = "nothing-lost",
            Title = "on A somebody activated Calico's device in NetworkManager; table 1 is none of its business",
            Layouts = Layouts.Calico,
            Implementations = Implementations.Userspace,
            Hurts = Hurt.None,
            Effect = async (s, ct) => await StateAsync(s, s.A, ct) == "connected",
            InjectAsync = async (s, ct) =>
            {
                await StartAsync(s, s.A, ct);
                await TakeAsync(s, s.A, ct);
            },
        },
    ];

    public static IReadOnlyList<Scenario> Healthy { get; } =
    [
        HealthyNetworks.Healthy("network-manager-watches", "NetworkManager runs on A and B and shows the network's device as connected (externally)") with
        {
            Implementations = Implementations.Userspace,
            Prepare = async (s, ct) =>
            {
                foreach (var node in new[] { s.A, s.B })
                {
                    await StartAsync(s, node, ct);
                    if (await StateAsync(s, node, ct) is not "connected (externally)" and var state) throw new InvalidOperationException($"NetworkManager has {s.Device(node)} as {state}");
                }
            },
        },
    ];

    private static async Task<string> FolderAsync(CancellationToken ct) =>
        (await Command.OutputAsync(["bash", Path.Combine(RepositoryRoot.Path, "tests/Lab/NetworkManagers/network-manager.sh")], input: null, ct)).Trim();

    private static async Task<string> WithLibrariesAsync(CancellationToken ct)
    {
        var folder = await FolderAsync(ct);
        return $"n={folder}; export LD_LIBRARY_PATH=$(echo $n/usr/lib/*-linux-gnu); ";
    }

    /// <summary>
    /// A bus, and NetworkManager with its files at their usual places. udev's notes stand for udev: pairs of virtual cables are unmanaged, as its rules have it, but for the uplink.
    /// </summary>
    private static async Task StartAsync(Scene s, LabNode node, CancellationToken ct)
    {
        await NodeFiles.WriteAsync(s, node, "/etc/NetworkManager/NetworkManager.conf", "[main]\nplugins=keyfile\ndns=none\nauth-polkit=false", ct);
        await NodeFiles.WriteAsync(s, node, "/run/bus.conf", Bus, ct);
        await s.DoAsync(
            node,
            $"mkdir -p /run/udev/data /run/dbus /run/nm-state; touch /run/udev/control; for link in /sys/class/net/*; do n=$(cat $link/ifindex); echo I:1 >/run/udev/data/n$n; "
            + $"case ${{link##*/}} in {s.Uplink(node)}|{s.Device(node)}|lo) ;; *) echo E:NM_UNMANAGED=1 >>/run/udev/data/n$n;; esac; done; dbus-daemon --config-file=/run/bus.conf --fork </dev/null >/dev/null 2>&1",
            ct);
        await s.StartAsync(
            node.Host,
            await WithLibrariesAsync(ct) + "exec $n/usr/sbin/NetworkManager --no-daemon --state-file /run/nm-state/state --intern-config /run/nm-state/intern.conf >/run/nm.log 2>&1",
            ct);
        await s.DoAsync(node, await WithLibrariesAsync(ct) + $"for i in $(seq 60); do $n/usr/bin/nmcli -t -f DEVICE,STATE device 2>/dev/null | grep -q '^{s.Device(node)}:connected' && exit 0; sleep 0.5; done; cat /run/nm.log >&2; exit 1", ct);
    }

    // What the editors of desktops and consoles do: the change makes the connection NetworkManager's own.
    private static async Task TakeAsync(Scene s, LabNode node, CancellationToken ct) => await s.DoAsync(
        node, await WithLibrariesAsync(ct) + $"$n/usr/bin/nmcli connection modify {s.Device(node)} ipv4.route-metric 50 ipv6.route-metric 50 && $n/usr/bin/nmcli connection up {s.Device(node)}", ct);

    private static async Task<string> StateAsync(Scene s, LabNode node, CancellationToken ct) =>
        (await s.DoAsync(node, await WithLibrariesAsync(ct) + $"$n/usr/bin/nmcli -t -f DEVICE,STATE device | sed -n 's/^{s.Device(node)}://p'", ct)).Trim();

    private const string Bus = """
        <busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
        <policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_type="signal"/><allow send_type="method_return"/><allow send_type="error"/>
        <allow receive_type="method_call"/><allow receive_type="signal"/><allow receive_type="method_return"/><allow receive_type="error"/></policy></busconfig>
        """;
}
