// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Actions;

/// <summary>
/// Rewrites the packet as nf_nat_setup_info and get_unique_tuple do. A choice among several addresses or ports leaves them unknown.
/// That another connection has the wanted tuple already, which moves the source port, is not foreseen.
/// </summary>
internal static class NatSetup
{
    public static Step Apply(EvaluationRun run, NatRange range)
    {
        var packet = run.State;
        var done = range.Source ? ConntrackView.SourceNatDone : ConntrackView.DestinationNatDone;
        if ((packet.Conntrack.Status.Value & done) != 0) return Step.Accept;
        var (oldAddress, oldPort) = range.Source ? (packet.Source, Port(packet, source: true)) : (packet.Destination, Port(packet, source: false));
        var (address, port) = Choose(packet, range, oldAddress, oldPort);
        packet.SetAddress(range.Source, address);
        SetPort(packet, range.Source, port);
        var changed = address is null || address != oldAddress || port != oldPort;
        Remember(packet.Conntrack, range.Source, done, changed, address, port);
        run.Rewrite(range.Kind, Text(range, address, port));
        return Step.Accept;
    }

    /// <summary>No rule said anything: nothing changes, and no later rule of this kind is asked.</summary>
    public static void BindNothing(PacketState packet, bool source) =>
        packet.Conntrack.Status = packet.Conntrack.Status.AndXor(~Done(source), Done(source));

    public static uint Done(bool source) => source ? ConntrackView.SourceNatDone : ConntrackView.DestinationNatDone;

    private static (IpAddr? Address, ushort? Port) Choose(PacketState packet, NatRange range, IpAddr? oldAddress, ushort? oldPort)
    {
        var address = oldAddress;
        if ((range.Flags & NatRange.MapIps) != 0) address = Address(range, oldAddress);
        // The port that is there stays where it is allowed, and where nothing asks for a random one.
        if (range.IsRandom && HasIdentifier(packet)) return (address, range.PortMin is { } only && only == range.PortMax ? only : null);
        if ((range.Flags & NatRange.ProtoSpecified) == 0 || !HasIdentifier(packet)) return (address, oldPort);
        if (range.PortUnknown || range.PortMin is not { } first || range.PortMax is not { } last) return (address, null);
        if ((range.Flags & NatRange.ProtoOffset) != 0)
            return (address, oldPort is { } shifted && range.PortBase is { } origin ? (ushort)(first + (ushort)(shifted - origin) % (last - first + 1)) : null);
        if (first == last) return (address, first);
        return (address, oldPort is { } port && port >= first && port <= last ? port : null);
    }

    private static IpAddr? Address(NatRange range, IpAddr? old)
    {
        if (range.AddressUnknown || range.AddressMin is not { } first || range.AddressMax is not { } last) return null;
        if ((range.Flags & NatRange.Netmap) != 0)
        {
            var mask = ~(first.Bits ^ last.Bits);
            return old is { } host ? IpAddr.FromBits(host.Family, (first.Bits & mask) | (host.Bits & ~mask)) : null;
        }

        if (first == last) return first;
        // A source that is in the range already stays.
        return range.Source && old is { } own && own >= first && own <= last && !range.IsRandom ? own : null;
    }

    private static void Remember(ConntrackView view, bool source, uint done, bool changed, IpAddr? address, ushort? port)
    {
        var set = done | (changed ? source ? ConntrackView.SourceNat : ConntrackView.DestinationNat : 0);
        view.Status = view.Status.AndXor(~set, set);
        if (view.Answer is not { } answer) return;
        if (address is not { } known) view.Answer = null;
        else view.Answer = source ? answer with { Destination = known, DestinationPort = port } : answer with { Source = known, SourcePort = port };
    }

    private static bool HasIdentifier(PacketState packet) => IpProtocols.HasPorts(packet.Protocol) || IpProtocols.IsIcmp(packet.Protocol);

    /// <summary>Port, or identifier of ICMP, which is the same in both directions.</summary>
    private static ushort? Port(PacketState packet, bool source) => IpProtocols.HasPorts(packet.Protocol)
        ? packet.Transport.UInt16(source ? 0 : 2)
        : IpProtocols.IsIcmp(packet.Protocol) ? packet.Transport.UInt16(4) : null;

    private static void SetPort(PacketState packet, bool source, ushort? port)
    {
        if (IpProtocols.HasPorts(packet.Protocol)) packet.Transport.SetUInt16(source ? 0 : 2, port);
        else if (IpProtocols.IsIcmp(packet.Protocol)) packet.Transport.SetUInt16(4, port);
    }

    private static string Text(NatRange range, IpAddr? address, ushort? port)
    {
        var text = address?.ToString() ?? (range.AddressMin is { } first && range.AddressMax is { } last ? $"{first}-{last}" : "unknown");
        return (port, range.PortMin) switch
        {
            ({ } known, _) => address?.Family == IpFamily.IPv6 ? $"[{text}]:{known}" : $"{text}:{known}",
            (null, { } from) => $"{text} port {from}-{range.PortMax}",
            _ => text,
        };
    }
}
