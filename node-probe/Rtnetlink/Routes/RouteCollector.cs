// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>Takes the routes of one family as they come: keeps those that decide and a bounded number of others, and counts the rest.</summary>
internal sealed class RouteCollector(byte family, RouteInterest interest, RouteLimits limits) : INetlinkMessageHandler
{
    private readonly List<RouteFact> _routes = [];
    private readonly Dictionary<uint, int> _othersOfTable = [];
    private uint _fullTable;
    private bool _hasFullTable;
    private int _deciding;
    private int _others;
    private int _unknown;

    public IReadOnlyList<RouteFact> Routes => _routes;

    /// <summary>Messages and attributes that were not understood.</summary>
    public int Unknown => _unknown;

    /// <summary>Routes there were.</summary>
    public long Seen { get; private set; }

    /// <summary>Not even all of those that decide were kept.</summary>
    public bool Cut { get; private set; }

    /// <summary>A kept route names a nexthop object whose hops the kernel did not send.</summary>
    public bool NeedsNextHops { get; private set; }

    public void Begin()
    {
        _routes.Clear();
        _othersOfTable.Clear();
        (_hasFullTable, _deciding, _others, _unknown, Seen, Cut, NeedsNextHops) = (false, 0, 0, 0, 0, false, false);
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != RtnetlinkTypes.NewRoute)
        {
            _unknown++;
            return;
        }

        // A kernel that does not know a family answers with the routes of all of them (rtnl_dump_all).
        if (message.Payload.Length > 0 && message.Payload[0] != family) return;
        if (!RouteView.TryRead(message.Payload, out var route, ref _unknown)) return;
        if ((route.Flags & RouteAttributeTypes.FlagCloned) != 0) return;
        Seen++;
        // Which way an object leads is not known yet; such routes count as ones that decide.
        if (interest.Includes(in route) || route.NeedsNextHops) KeepDeciding(in route);
        else if (!_hasFullTable || route.Table != _fullTable) KeepOther(in route);
    }

    private void KeepDeciding(ref readonly RouteView route)
    {
        if (_deciding == limits.Deciding)
        {
            Cut = true;
            return;
        }

        if (Keep(in route)) _deciding++;
    }

    private void KeepOther(ref readonly RouteView route)
    {
        var count = _othersOfTable.GetValueOrDefault(route.Table);
        if (count >= limits.OthersPerTable || _others >= limits.Others)
        {
            // Big tables come in one piece: the next half million need not be asked again.
            (_hasFullTable, _fullTable) = (true, route.Table);
            return;
        }

        if (!Keep(in route)) return;
        _othersOfTable[route.Table] = count + 1;
        _others++;
    }

    private bool Keep(ref readonly RouteView route)
    {
        if (RouteFactBuilder.Build(in route, ref _unknown) is not { } fact) return false;
        NeedsNextHops |= route.NeedsNextHops;
        _routes.Add(fact);
        return true;
    }
}
