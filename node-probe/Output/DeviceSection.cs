// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;
using Spectre.Console;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>One device and its peers.</summary>
internal sealed class DeviceSection(Paper paper, IReadOnlyDictionary<(string Node, string Device, string Key), TunnelAssessment> tunnels)
{
    /// <summary>Rows of a table that a person still reads; beyond it peers in order are counted instead of listed.</summary>
    private const int MaxPeers = 40;

    private const int MaxReasons = 10;

    public void Write(DeviceView view)
    {
        var device = view.Device;
        paper.Title(PlainText.OneLine(device.Name) + (view.InHostNamespace ? "" : $" in namespace {PlainText.OneLine(view.Namespace.Name)}"));
        paper.Words(2, Describe(view));
        if (Addresses(view) is { Length: > 0 } addresses) paper.Words(2, "addresses " + addresses, 10);
        if (device.Peers.Count == 0)
        {
            paper.Words(2, "no peers");
            return;
        }

        var peers = device.Peers.Select(p => (Peer: p, Tunnel: Find(view, p))).OrderBy(p => Rank(p.Tunnel?.State)).ToList();
        var listed = peers.Count <= MaxPeers ? peers : [.. peers.Where((p, i) => i < MaxPeers || Rank(p.Tunnel?.State) == 0)];
        WriteTable(view.Node, listed);
        if (listed.Count < peers.Count)
            paper.Words(2, $"and {ShortForms.Count(peers.Count - listed.Count, "more peer")} without trouble; -o json shows all");
        WriteReasons(listed);
    }

    private static string Describe(DeviceView view)
    {
        var device = view.Device;
        var link = view.Link;
        var parts = new List<string>
        {
            device.Implementation == WireGuardImplementation.Kernel ? "kernel" : "userspace",
            link is null ? "link unknown" : link.Up ? "up" : "down",
            device.ListenPort == 0 ? "no UDP port" : $"port {device.ListenPort.ToString(CultureInfo.InvariantCulture)}",
        };
        if (link is not null) parts.Add($"mtu {link.Mtu.ToString(CultureInfo.InvariantCulture)}");
        if (device.FirewallMark != 0) parts.Add($"fwmark 0x{device.FirewallMark:x}");
        parts.Add(device.PublicKey is null ? "no private key" : $"key {ShortForms.Key(device.PublicKey)}");
        return string.Join(", ", parts);
    }

    private static string Addresses(DeviceView view) => view is { Link: { } link, Namespace.Addresses.Value: { } addresses }
        ? string.Join(", ", addresses.Where(a => a.Link == link.Index).Select(a => $"{a.Address}/{a.PrefixLength}{(a.Unusable ? " (unusable)" : "")}"))
        : "";

    /// <summary>Trouble first, then what nobody knows, then what is well.</summary>
    private static int Rank(TunnelState? state) => state switch
    {
        TunnelState.Healthy => 3,
        TunnelState.Idle => 2,
        TunnelState.Unknown or null => 1,
        _ => 0,
    };

    private TunnelAssessment? Find(DeviceView view, WireGuardPeerFact peer) =>
        tunnels.GetValueOrDefault((view.Node.Node, view.Device.Name, peer.PublicKey));

    private void WriteTable(NodeFacts node, IEnumerable<(WireGuardPeerFact Peer, TunnelAssessment? Tunnel)> peers)
    {
        var observed = node.ObservedSeconds > 0;
        var span = observed ? $"IN {ShortForms.Seconds(node.ObservedSeconds)}" : "TOTAL";
        paper.Table(
            2,
            ["PEER", "ENDPOINT", "HANDSHAKE", $"RX {span}", $"TX {span}", "STATE"],
            wrapping: 1,
            peers.Select(p => new[]
            {
                new Text(ShortForms.Key(p.Peer.PublicKey)),
                new Text(p.Peer.Endpoint?.ToString() ?? "none"),
                new Text(ShortForms.Age(p.Peer.LastHandshake, node.At)),
                new Text(Traffic(p.Peer.Received, observed)),
                new Text(Traffic(p.Peer.Sent, observed)),
                new Text(p.Tunnel is { } tunnel ? ShortForms.State(tunnel.State) : "-", Paper.Of(p.Tunnel?.State)),
            }));
    }

    private static string Traffic(Counter counter, bool observed) =>
        observed ? ShortForms.Growth(counter) : ShortForms.Bytes(counter.Value);

    private void WriteReasons(IEnumerable<(WireGuardPeerFact Peer, TunnelAssessment? Tunnel)> peers)
    {
        foreach (var (peer, tunnel) in peers.Where(p => Rank(p.Tunnel?.State) == 0).Take(MaxReasons))
        {
            var node = tunnel?.Tunnel.ToNode is { } name ? $" ({name})" : "";
            paper.Words(2, $"{ShortForms.Key(peer.PublicKey)}{node}: {tunnel?.Reason}", 2);
        }
    }
}
