// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using static KubeWgDiag.Accuracy.Scenarios.HealthyNetworks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Healthy meshes on nodes whose files, programs and rights look like those of faults: each stands beside one of <see cref="FileScenarios"/> or <see cref="ManagerScenarios"/>.</summary>
internal static class HealthyFiles
{
    // A key that nobody has.
    private static string Stranger { get; } = Convert.ToBase64String([.. Enumerable.Range(1, 32).Select(number => (byte)number)]);

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Healthy("quick-files", "every device has a file of wg-quick that says the same in other words; another tunnel's file is not in use, and a copy of an old one lies about") with
        {
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                // Bits of the host behind the prefix, a comment at the end of a line, prefixes on a line each, and the file is written anew at the end.
                var words = s.V6 ? "s|::/64|::1/64|" : "s|\\.0/24|.1/24|";
                await NodeFiles.QuickAsync(s, n, ct, $"sed -e '/^AllowedIPs/{words}' -e 's|^AllowedIPs = \\(.*\\), |AllowedIPs = \\1\\nAllowedIPs = |' -e 's|^\\[Peer\\]|[Peer]\\n# of the VPN|' -e 's|^ListenPort|SaveConfig = true\\nListenPort|'");
                await s.DoAsync(n, $"cd /etc/wireguard; sed 's|^PublicKey.*|PublicKey = {Stranger}|' {s.Device(n)}.conf >office.conf; sed '/^\\[Peer\\]/,$d' {s.Device(n)}.conf >{s.Device(n)}.conf.bak", ct);
                return "";
            }),
        },
        Healthy("one-file-for-all", "one template for all nodes: every file has all nodes as peers, its own as well") with
        {
            Layouts = Layouts.Routed,
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                await NodeFiles.QuickAsync(s, n, ct);
                await s.DoAsync(n, $"printf '[Peer]\\nPublicKey = {s.Key(n)}\\nAllowedIPs = {s.Tunnel(n)}/{s.HostLength}, {s.PodNetwork(n)}\\nEndpoint = {s.Endpoint(n)}\\n' >>{NodeFiles.Quick(s.Device(n))}", ct);
                return await NodeFiles.SyncAsync(s, n, ct);
            }),
        },
        Healthy("sysctl-files", "an early file of the distribution switches forwarding off, a later one switches it on, and one more repeats what is in use") with
        {
            Prepare = (s, ct) => HealthyHosts.EachAsync(s, async n =>
            {
                await NodeFiles.WriteAsync(s, n, "/etc/sysctl.d/10-hardening.conf", $"# no router\n{NodeFiles.Forwarding(s)} = 0", ct);
                await NodeFiles.WriteAsync(s, n, "/etc/sysctl.d/99-kubernetes.conf", $"{NodeFiles.Forwarding(s)} = 1", ct);
                await NodeFiles.WriteAsync(s, n, "/etc/sysctl.d/99-zz-same.conf", $"-{NodeFiles.Forwarding(s).Replace('.', '/')}=1\n;{NodeFiles.Forwarding(s)}=0", ct);
                return await NodeFiles.ApplySysctlsAsync(s, n, ct);
            }),
        },
        Healthy("cni-files", "the network's file is the first that counts: files that were put aside come before it, the runtime's own comes after") with
        {
            Layouts = Layouts.Clusters,
            Prepare = async (s, ct) =>
            {
                await NodeFiles.CniAsync(s, ct);
                await HealthyHosts.EachAsync(s, async n =>
                {
                    var (name, text) = NodeFiles.Cni(s);
                    await NodeFiles.WriteAsync(s, n, $"{NodeFiles.CniFolder}/{name}.bak", text[..60], ct);
                    await NodeFiles.WriteAsync(s, n, $"{NodeFiles.CniFolder}/05-cilium.conflist.cilium_bak", NodeFiles.RuntimeCni(s), ct);
                    await NodeFiles.WriteAsync(s, n, $"{NodeFiles.CniFolder}/87-podman-bridge.conflist", NodeFiles.RuntimeCni(s), ct);
                    return await s.DoAsync(n, $"touch {NodeFiles.CniFolder}/cni.lock; mkdir {NodeFiles.CniFolder}/whereabouts.d", ct);
                });
            },
        },
        Healthy("cni-multus", "multus comes first and calls the network's plugin") with
        {
            Layouts = Layouts.Clusters,
            Prepare = async (s, ct) =>
            {
                await NodeFiles.CniAsync(s, ct);
                await HealthyHosts.EachAsync(s, n => NodeFiles.WriteAsync(
                    s, n, $"{NodeFiles.CniFolder}/00-multus.conf", $$"""{"cniVersion":"0.3.1","name":"multus-cni-network","type":"multus","kubeconfig":"/etc/cni/net.d/multus.d/multus.kubeconfig","delegates":[{{NodeFiles.Cni(s).Text}}]}""", ct));
            },
        },
        Healthy("second-network-beside", "A and B also talk over NetBird's device, with a port and prefixes of its own") with
        {
            Layouts = Layouts.Clusters,
            Prepare = async (s, ct) =>
            {
                await NodeFiles.CniAsync(s, ct);
                var pair = new[] { s.A, s.B };
                foreach (var n in pair) await s.DoAsync(n, $"umask 077; {s.Network.CreateCommand("wt0")}; wg genkey >/run/wt0.key; wg set wt0 listen-port 51840 private-key /run/wt0.key; {s.Ip} addr add {Beside(s, n.Number)}/{(s.V6 ? 64 : 16)} dev wt0; ip link set wt0 mtu 1280 up", ct);
                foreach (var (n, other) in new[] { (s.A, s.B), (s.B, s.A) })
                {
                    var key = (await s.DoAsync(other, "wg show wt0 public-key", ct)).Trim();
                    await s.DoAsync(n, $"wg set wt0 peer {key} endpoint {s.Endpoint(other, 51840)} allowed-ips {Beside(s, other.Number)}/{s.HostLength} persistent-keepalive 25", ct);
                }

                await s.DoAsync(s.A, $"ping -n -q -c 3 -i 0.3 {Beside(s, s.B.Number)}", ct);
            },
        },
        Healthy("networkd-keeps", "systemd-networkd was started again on A and leaves routes and rules of others alone, as it was told") with
        {
            Implementations = Implementations.Userspace,
            SettleSeconds = 6,
            InjectAsync = async (s, ct) =>
            {
                await NodeFiles.WriteAsync(s, s.A, "/etc/systemd/networkd.conf", "[Network]\nManageForeignRoutes=no\nManageForeignRoutingPolicyRules=no", ct);
                await ManagerScenarios.NetworkdAsync(s, s.A, withDevice: false, ct);
            },
        },
        Healthy("vpn-client-on-node", "on A a VPN for two networks of a company is up, whose server nobody has asked for anything yet") with
        {
            Layouts = Layouts.Clusters,
            Implementations = Implementations.Userspace,
            Prepare = async (s, ct) =>
            {
                await NodeFiles.CniAsync(s, ct);
                await ManagerScenarios.BehindRouterAsync(s, ct);
                await ManagerScenarios.VpnAsync(s, s.V6 ? "fd00:201::/48, fd00:202::/48" : "10.201.0.0/16, 10.202.0.0/16", ct);
            },
            Publishes = (_, _) => { },
        },
        Healthy("rights-of-the-chart", "the probes have the four rights that the chart asks for and no others") with
        {
            Traffic = Traffic.PodToPod | Traffic.HostToPod,
            ProbeBehind = (_, _) => "setpriv --bounding-set=-all,+net_admin,+net_raw,+sys_admin,+sys_ptrace --inh-caps=-all",
        },
    ];

    private static string Beside(Scene s, int node) => s.V6 ? $"fd00:100:64::{node}" : $"100.64.0.{node}";
}
