// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Decides which entries concern tunnels. Asked for every entry of the table, so it allocates nothing and says no as early as it can.</summary>
internal sealed class ConntrackInterest
{
    private readonly PortSet _listenPorts = new();
    private readonly PortSet _outerPorts = new();
    private readonly HashSet<(ulong High, ulong Low, ushort Port)> _endpoints = [];
    private readonly PrefixRanges _inner4;
    private readonly PrefixRanges _inner6;
    private readonly (IpPrefix From, IpPrefix To)[] _paths;

    /// <param name="devices">WireGuard devices whose outer packets pass this namespace.</param>
    /// <param name="paths">Pairs of prefixes that were asked about, beyond AllowedIPs.</param>
    public ConntrackInterest(IReadOnlyList<WireGuardDeviceFact> devices, IReadOnlyList<(IpPrefix From, IpPrefix To)> paths)
    {
        foreach (var device in devices)
        {
            if (device.ListenPort != 0)
            {
                _listenPorts.Add(device.ListenPort);
                _outerPorts.Add(device.ListenPort);
            }

            foreach (var peer in device.Peers)
            {
                if (peer.Endpoint is not { } endpoint) continue;
                _outerPorts.Add(endpoint.Port);
                _endpoints.Add(KeyOf(endpoint));
            }
        }

        // A default prefix stands for every flow there is, so it tells nothing about one.
        var prefixes = devices.SelectMany(device => device.Peers).SelectMany(peer => peer.AllowedIps).Where(prefix => !prefix.IsDefault).ToList();
        _inner4 = new PrefixRanges(IpFamily.IPv4, prefixes);
        _inner6 = new PrefixRanges(IpFamily.IPv6, prefixes);
        _paths = [.. paths];
    }

    public FlowKind KindOf(ref readonly CtEntry entry)
    {
        if (entry.Original.Protocol == CtState.Udp && IsOuter(in entry)) return FlowKind.Outer;
        return IsInner(in entry) ? FlowKind.Inner : FlowKind.Other;
    }

    private static (ulong High, ulong Low, ushort Port) KeyOf(IpEndpoint endpoint) =>
        ((ulong)(endpoint.Address.Bits >> 64), (ulong)endpoint.Address.Bits, endpoint.Port);

    private bool IsOuter(ref readonly CtEntry entry)
    {
        ref readonly var original = ref entry.Original;
        ref readonly var reply = ref entry.Reply;
        if (!_outerPorts.Contains(original.SourcePort) && !_outerPorts.Contains(original.DestinationPort)
            && !_outerPorts.Contains(reply.SourcePort) && !_outerPorts.Contains(reply.DestinationPort)) return false;
        if (_listenPorts.Contains(original.SourcePort) || _listenPorts.Contains(original.DestinationPort)
            || _listenPorts.Contains(reply.SourcePort) || _listenPorts.Contains(reply.DestinationPort)) return true;
        return _endpoints.Contains((original.SourceHigh, original.SourceLow, original.SourcePort))
            || _endpoints.Contains((original.DestinationHigh, original.DestinationLow, original.DestinationPort))
            || _endpoints.Contains((reply.SourceHigh, reply.SourceLow, reply.SourcePort))
            || _endpoints.Contains((reply.DestinationHigh, reply.DestinationLow, reply.DestinationPort));
    }

    private bool IsInner(ref readonly CtEntry entry)
    {
        var ranges = entry.Original.Version == 4 ? _inner4 : _inner6;
        return Touches(ranges, in entry.Original) || Touches(ranges, in entry.Reply) || (_paths.Length > 0 && IsOnPath(in entry));
    }

    private static bool Touches(PrefixRanges ranges, ref readonly CtTuple tuple) =>
        ranges.Contains(tuple.SourceHigh, tuple.SourceLow) || ranges.Contains(tuple.DestinationHigh, tuple.DestinationLow);

    private bool IsOnPath(ref readonly CtEntry entry)
    {
        var (source, destination) = entry.Original.Addresses;
        var (answering, answered) = entry.Reply.Addresses;
        foreach (var (from, to) in _paths)
        {
            if (Joins(from, to, source, destination) || Joins(from, to, answering, answered)) return true;
        }

        return false;
    }

    private static bool Joins(IpPrefix from, IpPrefix to, IpAddr one, IpAddr other) =>
        (from.Contains(one) && to.Contains(other)) || (from.Contains(other) && to.Contains(one));
}

/// <summary>What an entry has to do with tunnels.</summary>
internal enum FlowKind
{
    Other,

    /// <summary>WireGuard's own UDP packets.</summary>
    Outer,

    /// <summary>What travels, or should travel, inside a tunnel.</summary>
    Inner,
}
