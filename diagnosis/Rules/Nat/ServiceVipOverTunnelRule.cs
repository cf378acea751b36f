// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Diagnosis.Rules.Nat;

/// <summary>
/// Signal: a network is routed into the tunnel that no peer owns, and a peer's node translates its first address, or the single address that is routed, to a
/// backend when it comes out of the tunnel: a range of Services, of which the first address is always the API's own.
/// Threshold: every possible outcome of the peer's rules has another destination; packets that the device refuses make it sure that somebody asks.
/// Traps: a route that nobody uses is only noted; a peer whose rules were not read, or which translates in the socket and not by rules, makes no verdict; two
/// nodes that both translate are one range, and either will do.
/// </summary>
internal sealed class ServiceVipOverTunnelRule : IRule
{
    private const byte Tcp = 6;
    private const ushort Https = 443;
    private const ushort Client = 40000;

    public RuleDescriptor Descriptor { get; } = new("WG-SERVICE-VIP-OVER-TUNNEL", Layer.Nat, Severity.Error, "Service addresses are routed into a tunnel that has no owner for them")
    {
        Precedence = Rules.Precedence.Cryptokey + 2,
        Explanation = "A Service's address is on no network: it exists in the translation rules of the cluster's nodes. To reach it through a tunnel, the route is not enough; a peer whose node "
            + "translates it needs it in its AllowedIPs, else the device refuses the packet.",
        FalsifiedBy = "`wg show <device> allowed-ips` has the range for a peer, or the peer's node does not translate it (`conntrack -L --orig-dst <address>` there stays empty).",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device is { Link.Up: true, PeersComplete: true } && device.Namespace.RoutesRead
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        from prefix in device.RoutesInto(family).Where(route => route.Type == RouteType.Unicast && RouteConvention.IsStatic(route)).Select(route => route.Destination).Distinct()
        where !prefix.IsDefault && device.Cryptokey.Owner(prefix) is null && !device.Cryptokey.Overlaps(prefix)
        let finding = Judge(device, prefix)
        where finding is not null
        select finding;

    private RuleFinding? Judge(DeviceView device, IpPrefix prefix)
    {
        var vip = prefix.IsHost ? prefix.Network : IpAddr.FromBits(prefix.Family, prefix.Network.Bits + 1);
        foreach (var peer in device.Peers)
        {
            if (Backend(peer, vip) is { } backend) return Build(device, peer, prefix, vip, backend);
        }

        return null;
    }

    // Where the peer's node would send it; null when it would not, or that is not known.
    private static IpAddr? Backend(PeerView peer, IpAddr vip)
    {
        if (peer.Remote is not { } remote || remote.Namespace.Facts.Netfilter is not { Value: { BackendMissing: false } filters }) return null;
        if (peer.Device.Addresses(vip.Family).Select(own => (IpAddr?)own.Address).FirstOrDefault() is not { } source) return null;
        var packet = new FilterPacket
        {
            Source = source,
            Destination = vip,
            Protocol = Tcp,
            SourcePort = Client,
            DestinationPort = Https,
            Input = new PacketInterface { Name = remote.RawName, Index = remote.Link?.Index, Kind = remote.Link?.Kind },
            Conntrack = new PacketConntrack { State = ConntrackState.New, Reply = false },
        };
        var outcomes = new NetfilterEvaluator(filters, new FactsEnvironment(remote.Namespace.Facts)).EvaluateHook(packet, Netfilter.NetfilterHook.Prerouting).Alternatives;
        return outcomes.Count > 0 && outcomes.All(outcome => outcome.Packet.Destination != vip) ? outcomes[0].Packet.Destination : null;
    }

    private RuleFinding Build(DeviceView device, PeerView peer, IpPrefix prefix, IpAddr vip, IpAddr backend)
    {
        var asked = Drops.Of(device).Outbound > 0;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} routes {prefix} into {device.Name}, and no peer has it in its AllowedIPs; {peer.RemoteName} translates {vip} to {backend}, so these are its cluster's Services.",
            Confidence = asked ? 0.9 : 0.7,
            Severity = asked ? Descriptor.Severity : Severity.Info,
            Entry = peer,
            Family = prefix.Family,
            Prefixes = [prefix],
        };
        draft.Evidence(device, $"ip route show dev {device.Name}", prefix.ToString(), null, "rtnetlink");
        draft.Evidence(device, $"wg show {device.Name} allowed-ips", DisplayText.Join(peer.AllowedIps), $"{prefix} among them");
        draft.Evidence(peer.Remote!, $"nft list ruleset | grep {vip}", $"{vip} becomes {backend}", null, "nfnetlink nf_tables, evaluated");
        if (asked) draft.Affects(peer, TunnelState.NotRoutedIn);
        return draft.Mend(new NodeCommands(device).PeerAllowedIps(peer.Key, [.. peer.AllowedIps, prefix], peer.AllowedIps)).Build();
    }
}
