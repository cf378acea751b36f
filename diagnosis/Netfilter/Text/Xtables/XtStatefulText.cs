// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches that remember, count or look at the clock.</summary>
internal static class XtStatefulText
{
    private const uint DefaultBurst = 5;
    private const uint LimitScale = 10_000;
    private static readonly string[] Days = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtStatistic statistic:
                Statistic(text.Append(" -m statistic"), statistic);
                return true;
            case XtLimit limit:
                XtRates.Append(text.Append(" -m limit --limit"), limit.Average, LimitScale);
                if (limit.Burst != DefaultBurst) text.Append(" --limit-burst ").Append(limit.Burst);
                return true;
            case XtHashlimit limit:
                XtHashlimitText.Append(text.Append(" -m hashlimit"), limit);
                return true;
            case XtRecent recent:
                Recent(text.Append(" -m recent"), recent);
                return true;
            case XtQuota quota:
                text.Append(" -m quota").Option("--quota", quota.Inverted).Number(quota.Bytes);
                return true;
            case XtCluster cluster:
                Cluster(text.Append(" -m cluster"), cluster);
                return true;
            case XtNfacct account:
                text.Append(" -m nfacct --nfacct-name ").Append(account.Name);
                return true;
            case XtTime time:
                Time(text.Append(" -m time"), time);
                return true;
            default:
                return false;
        }
    }

    private static void Statistic(StringBuilder text, XtStatistic statistic)
    {
        text.Append(" --mode ").Append(statistic.Random ? "random" : "nth").Option(statistic.Random ? "--probability" : "--every", statistic.Inverted);
        if (statistic.Random) text.Append(' ').Append((statistic.Probability / (double)(1u << 31)).ToString("F11", CultureInfo.InvariantCulture));
        else text.Number(statistic.Every).Append(" --packet ").Append(statistic.Packet);
    }

    private static void Recent(StringBuilder text, XtRecent recent)
    {
        var operation = recent.Operation;
        text.Append(recent.Inverted ? " !" : string.Empty);
        text.Flag((operation & 2) != 0, "--set").Flag((operation & 1) != 0, "--rcheck").Flag((operation & 4) != 0, "--update").Flag((operation & 8) != 0, "--remove");
        if (recent.Seconds != 0) text.Append(" --seconds ").Append(recent.Seconds);
        text.Flag((operation & 0x20) != 0, "--reap");
        if (recent.HitCount != 0) text.Append(" --hitcount ").Append(recent.HitCount);
        text.Flag((operation & 0x10) != 0, "--rttl").Append(" --name ").Append(recent.Name);
        if (recent.Mask is { } mask) text.Append(" --mask ").Append(mask);
        text.Append(recent.Destination ? " --rdest" : " --rsource");
    }

    private static void Cluster(StringBuilder text, XtCluster cluster)
    {
        text.Option("--cluster-local-nodemask", cluster.Inverted).Append($" 0x{cluster.NodeMask:x8}");
        text.Append(" --cluster-total-nodes ").Append(cluster.TotalNodes);
        text.Append($" --cluster-hash-seed 0x{cluster.HashSeed:x8}");
    }

    private static void Time(StringBuilder text, XtTime time)
    {
        if (time.DayTimeStart != 0 || time.DayTimeStop != (24 * 60 * 60) - 1)
            text.Append(" --timestart ").Append(Clock(time.DayTimeStart)).Append(" --timestop ").Append(Clock(time.DayTimeStop));
        if (time.MonthDays != 0xfffffffe) List(text, "--monthdays", time.MonthDays, 31, day => day.ToString(CultureInfo.InvariantCulture));
        if (time.WeekDays != 0xfe) List(text, "--weekdays", time.WeekDays, 7, day => Days[day]);
        if (time.DateStart != 0) Date(text, "--datestart", time.DateStart);
        // iptables writes its own default, the end of 2038, as if somebody had asked for it.
        if (time.DateStop != uint.MaxValue) Date(text, "--datestop", time.DateStop);

        text.Flag(time.LocalTimeZone, "--kerneltz").Flag(time.Contiguous, "--contiguous");
    }

    private static string Clock(uint seconds) => $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";

    private static void Date(StringBuilder text, string name, uint seconds) =>
        text.Option(name).Append(' ').Append(DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));

    private static void List(StringBuilder text, string name, uint days, int most, Func<int, string> nameOf)
    {
        text.Option(name).Append(' ');
        var first = true;
        for (var day = 1; day <= most; day++)
        {
            if ((days & (1u << day)) == 0) continue;
            text.Append(first ? string.Empty : ",").Append(nameOf(day));
            first = false;
        }
    }
}
