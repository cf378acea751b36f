// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Takes the neighbours of one family as they come: keeps those in trouble or asked for and a bounded number of others, and counts the rest.</summary>
internal sealed class NeighbourCollector(byte family, IReadOnlySet<IpAddr>? wanted, int maxDeciding, int maxOthers) : INetlinkMessageHandler
{
    private readonly List<NeighbourFact> _neighbours = [];
    private int _deciding;
    private int _others;
    private int _unknown;

    public IReadOnlyList<NeighbourFact> Neighbours => _neighbours;

    /// <summary>Messages and attributes that were not understood.</summary>
    public int Unknown => _unknown;

    /// <summary>Entries there were.</summary>
    public long Seen { get; private set; }

    /// <summary>Not even all of those in trouble or asked for were kept.</summary>
    public bool Cut { get; private set; }

    public void Begin()
    {
        _neighbours.Clear();
        (_deciding, _others, _unknown, Seen, Cut) = (0, 0, 0, 0, false);
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != RtnetlinkTypes.NewNeighbour)
        {
            _unknown++;
            return;
        }

        // A kernel that does not know a family answers with the entries of all of them (rtnl_dump_all).
        if (message.Payload.Length > 0 && message.Payload[0] != family) return;
        if (!NeighbourView.TryRead(message.Payload, out var entry, ref _unknown)) return;
        Seen++;
        var decides = entry.IsInTrouble || wanted?.Contains(entry.Address) == true;
        if (decides && _deciding < maxDeciding)
        {
            _deciding++;
            _neighbours.Add(entry.Build());
        }
        else if (decides)
        {
            Cut = true;
        }
        else if (_others < maxOthers)
        {
            _others++;
            _neighbours.Add(entry.Build());
        }
    }
}
