// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Says for each outer flow whose endpoint it serves and what address translation does to it.</summary>
internal static class EndpointNats
{
    /// <summary>The facts in the order of devices and flows.</summary>
    public static IReadOnlyList<EndpointNatFact> Of(IReadOnlyList<WireGuardDeviceFact> devices, IReadOnlyList<ConntrackFlow> outer)
    {
        // A flow is of an endpoint as the device sees it: where it sends to, or where packets come from after translation.
        var ours = outer.Where(flow => flow.Original.DestinationEndpoint is not null).ToLookup(flow => flow.Original.DestinationEndpoint!.Value);
        var theirs = outer.Where(flow => flow.Reply.DestinationEndpoint is not null).ToLookup(flow => flow.Reply.DestinationEndpoint!.Value);
        var facts = new List<EndpointNatFact>();
        foreach (var device in devices)
        {
            foreach (var endpoint in device.Peers.Select(peer => peer.Endpoint).OfType<IpEndpoint>().Distinct())
            {
                var sent = ours[endpoint].Select(flow => SentByDevice(device, endpoint, flow)).OfType<EndpointNatFact>();
                var received = theirs[endpoint].Select(flow => SentByPeer(device, endpoint, flow)).OfType<EndpointNatFact>();
                facts.AddRange(WithSigns(device, [.. sent, .. received]));
            }
        }

        return facts;
    }

    private static EndpointNatFact? SentByDevice(WireGuardDeviceFact device, IpEndpoint endpoint, ConntrackFlow flow) =>
        // To the same endpoint another program, or another device, may send as well. Where the device's port is not known any flow will do.
        flow.Original.SourceEndpoint is { } source && flow.Reply.DestinationEndpoint is { } translated && flow.Reply.SourceEndpoint is { } answering
            && (source.Port == device.ListenPort || device.ListenPort == 0 || HasMarkOf(device, flow))
            ? New(device, endpoint, flow, ConntrackInitiator.Device) with { Source = source, SourceAfterNat = translated, EndpointAfterNat = answering }
            : null;

    private static EndpointNatFact? SentByPeer(WireGuardDeviceFact device, IpEndpoint endpoint, ConntrackFlow flow) =>
        flow.Reply.SourceEndpoint is { } source && flow.Original.DestinationEndpoint is { } translated && flow.Original.SourceEndpoint is { } sender
            && (source.Port == device.ListenPort || device.ListenPort == 0)
            ? New(device, endpoint, flow, ConntrackInitiator.Peer) with { Source = source, SourceAfterNat = translated, EndpointAfterNat = sender }
            : null;

    private static bool HasMarkOf(WireGuardDeviceFact device, ConntrackFlow flow) => device.FirewallMark != 0 && flow.Mark == device.FirewallMark;

    private static EndpointNatFact New(WireGuardDeviceFact device, IpEndpoint endpoint, ConntrackFlow flow, ConntrackInitiator initiator) => new()
    {
        Device = device.Name,
        Endpoint = endpoint,
        Source = default,
        SourceAfterNat = default,
        EndpointAfterNat = endpoint,
        Initiator = initiator,
        ReplySeen = flow.Status.HasFlag(ConntrackStatus.SeenReply),
        Since = flow.Started,
        TimeoutSeconds = flow.TimeoutSeconds,
        Mark = flow.Mark,
        Zone = flow.Zone,
        FlowId = flow.Id,
    };

    private static IEnumerable<EndpointNatFact> WithSigns(WireGuardDeviceFact device, IReadOnlyList<EndpointNatFact> flows) =>
        flows.Select(flow => flow with
        {
            Signs =
            [
                .. If(!flow.ReplySeen, EndpointNatSign.Unreplied),
                .. If(flows.Any(other => other.Zone != flow.Zone), EndpointNatSign.SeveralZones),
                .. If(flows.Any(other => other.Source == flow.Source && IsOtherwise(other, flow)), EndpointNatSign.DifferentNat),
                .. If(device.ListenPort != 0 && flow.Source.Port != device.ListenPort, EndpointNatSign.OtherPort),
            ],
        });

    private static bool IsOtherwise(EndpointNatFact one, EndpointNatFact other) =>
        one.SourceAfterNat != other.SourceAfterNat || one.EndpointAfterNat != other.EndpointAfterNat;

    private static ReadOnlySpan<EndpointNatSign> If(bool isSo, EndpointNatSign sign) => isSo ? new[] { sign } : [];
}
