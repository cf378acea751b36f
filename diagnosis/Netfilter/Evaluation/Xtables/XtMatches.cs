// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches of xtables, of legacy rules and of nft_compat.</summary>
internal static class XtMatches
{
    public static bool IsMatch(Expression expression) => expression is XtHeaderMatch or XtComment or XtConntrack or XtMark or XtTcp or XtUdp or XtMultiport or XtSet or XtAddrtype
        or XtConnmark or XtIcmp or XtStatistic or XtLimit or XtPhysdev or XtIpRange or XtRpfilter or XtDevgroup or XtConnbytes or XtConnlimit or XtConnlabel or XtHelper or XtIpvs
        or XtAh or XtEsp or XtIpcomp or XtPolicy or XtFrag or XtRt or XtOptions or XtIpv6Header or XtEui64 or XtMobility or XtLength or XtPktType or XtDscp or XtTos or XtEcn
        or XtTtl or XtMac or XtRealm or XtCpu or XtString or XtU32 or XtBpf or XtSocket or XtOwner or XtCgroup or XtHashlimit or XtRecent or XtQuota or XtCluster or XtNfacct
        or XtTime or XtTcpMss or XtSctp or XtDccp or XtUnknownMatch;

    public static Step Run(EvaluationRun run, Expression match)
    {
        if (match is XtStatistic or XtLimit or XtHashlimit or XtQuota or XtConnlimit or XtRecent or XtNfacct) return Step.Match(XtStatefulMatches.Matches(run, match));
        var answer = Answer(run, match);
        return Step.Match(answer.Value == Tri.Unknown ? run.Decide(Tri.Unknown, match, answer.Missing ?? "what this match looks at") : answer.Value == Tri.Yes);
    }

    private static XtAnswer Answer(EvaluationRun run, Expression match) => match switch
    {
        XtConntrack conntrack => XtConnectionMatches.Answer(run, conntrack),
        XtMark mark => XtPacketMatches.Mark(run.State.Mark, mark.Mark, mark.Mask, "the mark").Invert(mark.Inverted),
        XtTcp tcp => XtTransportMatches.Answer(run, tcp),
        XtUdp udp => XtTransportMatches.Answer(run, udp),
        XtMultiport ports => XtTransportMatches.Answer(run, ports),
        XtIcmp icmp => XtTransportMatches.Answer(run, icmp),
        XtSctp sctp => XtTransportMatches.Answer(run, sctp),
        XtDccp dccp => XtTransportMatches.Answer(run, dccp),
        XtSet set => XtSetMatches.Answer(run, set),
        XtAddrtype type => XtAddressMatches.Answer(run, type),
        XtIpRange range => XtAddressMatches.Answer(run, range),
        XtRpfilter filter => XtAddressMatches.Answer(run, filter),
        XtPhysdev physdev => XtDeviceMatches.Answer(run, physdev),
        XtDevgroup group => XtDeviceMatches.Answer(run, group),
        XtConnmark mark => XtConnectionMatches.Answer(run, mark),
        XtHelper helper => XtConnectionMatches.Answer(run, helper),
        XtConnlabel label => XtConnectionMatches.Answer(run, label),
        XtOwner owner => XtSocketMatches.Answer(run, owner),
        XtCgroup cgroup => XtSocketMatches.Answer(run, cgroup),
        XtTime time => XtTimeMatch.Answer(run, time),
        _ => XtPacketMatches.Answer(run, match),
    };
}
