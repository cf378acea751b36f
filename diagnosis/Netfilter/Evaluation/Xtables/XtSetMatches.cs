// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>The match <c>set</c>: asks the ipset subsystem, whose types name what of the packet each part is.</summary>
internal static class XtSetMatches
{
    private const int MaxDepth = 2;

    public static XtAnswer Answer(EvaluationRun run, XtSet match)
    {
        if (run.Ruleset.IpSets.Find(match.Name, match.Index) is not { } set) return XtAnswer.Unknown($"the ipset {match.Name ?? match.Index.ToString()}");
        if (match.Packets is not null || match.Bytes is not null) return XtAnswer.Unknown("the counters of the set");
        return Test(run, set, match.Sources, match.ReturnNoMatch, MaxDepth).Invert(match.Inverted);
    }

    private static XtAnswer Test(EvaluationRun run, IpSet set, IReadOnlyList<bool> sources, bool returnNoMatch, int depth)
    {
        var family = run.State.IsIpv4 ? NetfilterFamily.Ipv4 : NetfilterFamily.Ipv6;
        if (set.Family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6 && set.Family != family) return XtAnswer.No;
        var colon = set.Type.IndexOf(':', StringComparison.Ordinal);
        var parts = set.Type[(colon + 1)..].Split(',');
        if (parts[0] == "set") return depth == 0 ? XtAnswer.Unknown("a set of sets of sets") : List(run, set, sources, returnNoMatch, depth);
        if (sources.Count < parts.Length) return XtAnswer.No;
        var best = XtAnswer.No;
        var (bestLength, bestNoMatch) = (-1, false);
        foreach (var element in set.Elements)
        {
            var answer = Holds(run, set, element, parts, sources);
            if (answer.Value == Tri.No) continue;
            if (answer.Value == Tri.Unknown)
            {
                best = best.Value == Tri.Yes ? best : answer;
                continue;
            }

            // Longer prefixes are asked first, and the first one that is there decides.
            var length = (element.First?.Length ?? 0) * 256 + (element.Second?.Length ?? 0);
            if (length <= bestLength) continue;
            (best, bestLength, bestNoMatch) = (XtAnswer.Yes, length, element.NoMatch);
        }

        if (best.Value == Tri.Yes) return XtAnswer.Of(bestNoMatch == returnNoMatch);
        return best.Value == Tri.No && set.Incomplete ? XtAnswer.Unknown($"elements of the ipset {set.Name} that were not read") : best;
    }

    private static XtAnswer List(EvaluationRun run, IpSet set, IReadOnlyList<bool> sources, bool returnNoMatch, int depth)
    {
        var answer = XtAnswer.No;
        foreach (var member in set.Elements)
        {
            if (member.Set is not { } name) continue;
            answer = answer.Or(run.Ruleset.IpSets.Find(name) is { } found ? Test(run, found, sources, returnNoMatch, depth - 1) : XtAnswer.Unknown($"the ipset {name}"));
        }

        return answer;
    }

    private static XtAnswer Holds(EvaluationRun run, IpSet set, IpSetElement element, string[] parts, IReadOnlyList<bool> sources)
    {
        var answer = XtAnswer.Yes;
        var second = false;
        for (var i = 0; i < parts.Length && answer.Value != Tri.No; i++)
        {
            switch (parts[i])
            {
                case "ip" or "net":
                    answer = answer.And(Address(run, set, second ? element.Second : element.First, second ? null : element.FirstEnd, sources[i]));
                    second = true;
                    break;
                case "port":
                    answer = answer.And(Port(run, element, sources[i], set.Type == "bitmap:port"));
                    break;
                case "mark":
                    answer = answer.And(XtPacketMatches.Mark(run.State.Mark, (element.Mark ?? 0) & (set.MarkMask ?? uint.MaxValue), set.MarkMask ?? uint.MaxValue, "the mark"));
                    break;
                case "iface":
                    answer = answer.And(Interface(run, element, sources[i]));
                    break;
                case "mac":
                    answer = answer.And(Mac(run, element, sources[i]));
                    break;
                default:
                    return XtAnswer.Unknown($"the meaning of the set type {set.Type}");
            }
        }

        return answer;
    }

    private static XtAnswer Address(EvaluationRun run, IpSet set, IpPrefix? prefix, IpAddr? end, bool source)
    {
        if (prefix is not { } wanted) return XtAnswer.Unknown("an element without address");
        return XtAnswer.Of(
            source ? run.State.Source : run.State.Destination,
            known =>
            {
                if (set.NetMask is { } length && IpPrefix.TryCreate(known, length, out var masked)) known = masked.Network;
                return end is { } last ? known >= wanted.Network && known <= last : wanted.Contains(known);
            },
            "the address after a rewrite");
    }

    /// <summary>ICMP has type and code for a port; other protocols without ports have 0, and in bitmaps of ports none.</summary>
    private static XtAnswer Port(EvaluationRun run, IpSetElement element, bool source, bool bitmap)
    {
        var packet = run.State;
        if (!bitmap && element.Protocol is { } protocol && protocol != packet.Protocol) return XtAnswer.No;
        if (packet.Packet.Fragment == FragmentPart.Later) return XtAnswer.No;
        int? port;
        if (IpProtocols.HasPorts(packet.Protocol)) port = source ? packet.SourcePort : packet.DestinationPort;
        else if (bitmap) return XtAnswer.No;
        else if (IpProtocols.IsIcmp(packet.Protocol)) port = packet.Transport.UInt16(0);
        else port = 0;
        return XtAnswer.Of(port, known => known >= element.Port && known <= (element.PortEnd ?? element.Port), source ? "the source port" : "the destination port");
    }

    private static XtAnswer Interface(EvaluationRun run, IpSetElement element, bool source)
    {
        var name = element.PhysicalInterface
            ? source ? run.State.Packet.BridgeInput : run.State.Packet.BridgeOutput
            : source ? run.HasInput ? run.Input?.Name : "" : run.HasOutput ? run.Output?.Name : "";
        if (name is null) return XtAnswer.Unknown("the name of the device");
        if (name.Length == 0 || element.Interface is not { } wanted) return XtAnswer.No;
        return XtAnswer.Of(element.InterfaceWildcard ? name.StartsWith(wanted, StringComparison.Ordinal) : name == wanted);
    }

    private static XtAnswer Mac(EvaluationRun run, IpSetElement element, bool source)
    {
        if (element.Mac is not { } wanted) return XtAnswer.Yes;
        if (run.State.Packet.LinkLayer is not { Source.Length: 6 } link) return XtAnswer.Unknown("the MAC address");
        return XtAnswer.Of((source ? link.Source : link.Destination) == wanted);
    }
}
