// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Pods;

namespace KubeWgDiag.Diagnosis.Rules.Offload;

/// <summary>
/// Signal: in a namespace behind a tunnel checksum errors of TCP, UDP or ICMP grow while the tunnel receives data.
/// Threshold: two errors during the observation; for the host itself a fifth of the packets that came out of the tunnel.
/// Traps: captures at the sender always show wrong sums (offload): only what the receiver counts is judged; a pod also receives from its own node, so it is
/// an error only where the tunnel delivered data meanwhile.
/// </summary>
internal sealed class InnerChecksumRule : IRule
{
    private const ulong Least = 2;

    /// <summary>Of what the tunnel gave to the host, where only the host's own counters are there.</summary>
    private const double LeastShare = 0.2;

    private static readonly string[] Counters =
        ["Tcp.InCsumErrors", "Udp.InCsumErrors", "Icmp.InCsumErrors", "Udp6.InCsumErrors", "Icmp6.InCsumErrors", "Icmp6.Icmp6InCsumErrors"];

    public RuleDescriptor Descriptor { get; } = new("WG-OFFLOAD-CSUM-INNER", Layer.Performance, Severity.Error, "Packets reach a pod with wrong checksums")
    {
        Precedence = Rules.Precedence.Beyond,
        Explanation = "The tunnel delivers the packets, and the pod's kernel throws them away because their checksum is wrong. The usual reason is checksum offload on a virtual device that encapsulates twice; "
            + "connections then hang for 1, 3, 7 and more seconds.",
        FalsifiedBy = "InCsumErrors in the pod's namespace stands still during the traffic, or switching tx-checksum-ip-generic off at the sender changes nothing.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => Pods(mesh).Concat(Hosts(mesh));

    // Without UDP: there the outer packets count as well.
    private IEnumerable<RuleFinding> Hosts(MeshModel mesh) =>
        from device in mesh.Devices
        where device.Link?.Counters is { RxPackets.Growth: > 0 } && device.Peers.Any(peer => Traffic.IsData(peer.Fact.Received, peer))
        let grown = Counters.Where(name => !name.StartsWith("Udp", StringComparison.Ordinal)).Select(name => (Name: name, Growth: device.Namespace.CounterGrowth(name)))
            .Where(counter => counter.Growth >= Math.Max(Least, device.Link!.Counters!.RxPackets.Growth!.Value * LeastShare)).ToList()
        where grown.Count > 0
        select Build(device, grown);

    private IEnumerable<RuleFinding> Pods(MeshModel mesh) =>
        from place in PodPlace.Find(mesh)
        where place.Device.Peers.Any(peer => Traffic.IsData(peer.Fact.Received, peer))
        let grown = Counters.Select(name => (Name: name, Growth: place.Namespace.CounterGrowth(name))).Where(counter => counter.Growth >= Least).ToList()
        where grown.Count > 0
        select Build(place, grown);

    private RuleFinding Build(DeviceView device, List<(string Name, ulong Growth)> grown)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} itself received packets with wrong checksums and dropped them: {grown[0].Name} +{grown[0].Growth}, while {device.Name} delivered {device.Link!.Counters!.RxPackets.Growth} packets.",
            // The host has other networks, which may be to blame.
            Confidence = 0.65,
            Severity = Severity.Warning,
        };
        foreach (var (name, growth) in grown) draft.Evidence(device, $"nstat {name.Replace(".", "", StringComparison.Ordinal)}", $"+{growth}", "+0", "/proc/net/snmp");
        draft.Evidence(device, $"ip -s link show {device.Name}: RX packets", $"+{device.Link.Counters.RxPackets.Growth}", null, "rtnetlink");
        foreach (var peer in device.Peers.Where(peer => Traffic.IsData(peer.Fact.Received, peer))) draft.Affects(peer.Reverse, TunnelState.Degraded);
        return draft.Build();
    }

    private RuleFinding Build(PodPlace place, List<(string Name, ulong Growth)> grown)
    {
        var draft = new FindingDraft(Descriptor, place.Device)
        {
            Message = $"{DisplayText.Name(place.Namespace.Facts.Name)} on {place.Host.Node.Name} received packets with wrong checksums and dropped them: {grown[0].Name} +{grown[0].Growth}.",
            Confidence = 0.8,
            Place = place.Namespace,
            PlaceDevice = DisplayText.Name(place.Inner.Name),
        };
        foreach (var (name, growth) in grown) draft.Evidence(place.Namespace, $"nstat {name.Replace(".", "", StringComparison.Ordinal)}", $"+{growth}", "+0", "/proc/net/snmp");
        foreach (var peer in place.Device.Peers.Where(peer => Traffic.IsData(peer.Fact.Received, peer))) draft.Affects(peer.Reverse, TunnelState.Degraded);
        return draft.Build();
    }
}
