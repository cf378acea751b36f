// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches that remember, count or look at the clock.</summary>
internal static class XtStatefulDecoder
{
    /// <summary>The structure holds the period less one.</summary>
    public static XtStatistic? Statistic(in XtInfo info)
    {
        if (!info.Is(24) || info.U16(0) > 1 || info.U16(2) > 1) return null;
        var inverted = info.U16(2) == 1;
        return info.U16(0) == 0
            ? new XtStatistic(Random: true, Probability: info.U32(4), Inverted: inverted)
            : new XtStatistic(Random: false, Every: info.U32(4) == uint.MaxValue ? uint.MaxValue : info.U32(4) + 1, Packet: info.U32(8), Inverted: inverted);
    }

    public static XtRecent? Recent(in XtInfo info, byte revision)
    {
        if (!(revision == 0 ? info.Is(212) : info.IsOfFamily(228)) || info[8] > 0x3f || info[9] > 1 || info[210] > 1) return null;
        return new XtRecent
        {
            Name = info.Text(10, 200),
            Operation = info[8],
            Seconds = info.U32(0),
            HitCount = info.U32(4),
            Destination = info[210] == 1,
            Inverted = info[9] == 1,
            Mask = revision == 0 ? null : info.Address(212),
        };
    }

    public static XtQuota? Quota(in XtInfo info) => info.Is(24) && info.U32(0) <= 1 ? new XtQuota(info.U64(8), info.U32(0) == 1) : null;

    public static XtCluster? Cluster(in XtInfo info) =>
        info.Is(16) && info.U32(12) <= 1 ? new XtCluster(info.U32(0), info.U32(4), info.U32(8), info.U32(12) == 1) : null;

    public static XtTime? Time(in XtInfo info) => info.Is(24) && info[21] <= 3
        ? new XtTime
        {
            DateStart = info.U32(0),
            DateStop = info.U32(4),
            DayTimeStart = info.U32(8),
            DayTimeStop = info.U32(12),
            MonthDays = info.U32(16),
            WeekDays = info[20],
            LocalTimeZone = (info[21] & 1) != 0,
            Contiguous = (info[21] & 2) != 0,
        }
        : null;
}
