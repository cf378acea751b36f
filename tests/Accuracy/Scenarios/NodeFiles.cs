// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Files that people, packages and installers put into the node's own /etc. Keys are written by the node itself and never leave it.</summary>
internal static class NodeFiles
{
    /// <summary>A file with this text; its folder is there.</summary>
    public static Task<string> WriteAsync(Scene s, LabNode node, string path, string text, CancellationToken ct, string mode = "644") =>
        s.DoAsync(node, $"cat >{path} <<'END'\n{text}\nEND\nchmod {mode} {path}", ct);

    /// <summary>wg-quick's file of a node's device as the device is now; <paramref name="edit"/> is a filter of the shell between them.</summary>
    public static Task<string> QuickAsync(Scene s, LabNode node, CancellationToken ct, string edit = "cat") => s.DoAsync(
        node,
        $"umask 077; wg showconf {s.Device(node)} | sed '/^\\[Interface\\]/a Address = {s.Tunnel(node)}/{s.TunnelLength(node)}' | {edit} >{Quick(s.Device(node))}",
        ct);

    /// <summary>Brings a device to what its file says, as <c>wg syncconf DEVICE &lt;(wg-quick strip DEVICE)</c> does.</summary>
    public static Task<string> SyncAsync(Scene s, LabNode node, CancellationToken ct) =>
        s.DoAsync(node, $"grep -v '^Address' {Quick(s.Device(node))} | wg syncconf {s.Device(node)} /dev/stdin", ct);

    public static string Quick(string device) => $"/etc/wireguard/{device}.conf";

    /// <summary>The file that the layout's network installs: name and content.</summary>
    public static (string Name, string Text) Cni(Scene s) => s.Layout == Layouts.Calico
        ? ("10-calico.conflist", """{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"calico","log_level":"info","mtu":1440,"ipam":{"type":"calico-ipam"}},{"type":"portmap","snat":true,"capabilities":{"portMappings":true}}]}""")
        : ("10-flannel.conflist", """{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel","delegate":{"hairpinMode":true,"isDefaultGateway":true}},{"type":"portmap","capabilities":{"portMappings":true}}]}""");

    /// <summary>What the container runtime's package brings.</summary>
    public static string RuntimeCni(Scene s) =>
        $$$"""{"cniVersion":"1.0.0","name":"containerd-net","plugins":[{"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":true,"promiscMode":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"{{{(s.V6 ? "fd00:88::/64" : "10.88.0.0/16")}}}"}]]}},{"type":"portmap","capabilities":{"portMappings":true}}]}""";

    public const string CniFolder = "/etc/cni/net.d";

    /// <summary>Installs the layout's own file on every node.</summary>
    public static Task CniAsync(Scene s, CancellationToken ct) =>
        HealthyHosts.EachAsync(s, node => WriteAsync(s, node, $"{CniFolder}/{Cni(s).Name}", Cni(s).Text, ct, "600"));

    /// <summary>The switches of forwarding of the family, as sysctl.d spells them.</summary>
    public static string Forwarding(Scene s) => s.V6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";

    /// <summary>Applies the node's own sysctl.d as <c>sysctl --system</c> does.</summary>
    public static Task<string> ApplySysctlsAsync(Scene s, LabNode node, CancellationToken ct) => s.DoAsync(node, "cat /etc/sysctl.d/*.conf | sysctl -q -p -", ct);
}
