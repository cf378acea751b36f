// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A part of the packets (struct xt_statistic_info).</summary>
/// <param name="Random">Matches by chance; otherwise every <paramref name="Every"/>th packet.</param>
/// <param name="Probability">Chance in parts of 2^31, of a random match.</param>
/// <param name="Every">Period in packets, at least 1.</param>
/// <param name="Packet">Which packet of the period matches, from 0.</param>
/// <param name="Inverted">All others match.</param>
public sealed record XtStatistic(bool Random, uint Probability = 0, uint Every = 0, uint Packet = 0, bool Inverted = false) : Expression;

/// <summary>A token bucket (struct xt_rateinfo). <c>Average</c>: time for one packet in 1/10000 s.</summary>
public sealed record XtLimit(uint Average, uint Burst) : Expression;

/// <summary>A token bucket for each address, port or network (struct xt_hashlimit_mtinfo1 to 3).</summary>
public sealed record XtHashlimit : Expression
{
    /// <summary>Revision of the match, on which the unit of <see cref="Average"/> depends.</summary>
    public byte Revision { get; init; }

    /// <summary>Name of the table in /proc/net/ipt_hashlimit.</summary>
    public required string Name { get; init; }

    /// <summary>What counts as one: 1 destination address, 2 destination port, 4 source address, 8 source port.</summary>
    public uint Mode { get; init; }

    /// <summary>Matches above the rate, not up to it.</summary>
    public bool Inverted { get; init; }

    /// <summary>Counts bytes (XT_HASHLIMIT_BYTES).</summary>
    public bool OfBytes { get; init; }

    /// <summary>XT_HASHLIMIT_RATE_MATCH.</summary>
    public bool RateMatch { get; init; }

    /// <summary>Time for one packet in 1/10000 s (revision 1) or 1/1000000 s; with <see cref="OfBytes"/> the kernel's own unit of 16 bytes.</summary>
    public ulong Average { get; init; }

    public ulong Burst { get; init; }

    /// <summary>Buckets of the hash; 0 = the kernel chooses.</summary>
    public uint Size { get; init; }

    public uint Max { get; init; }

    /// <summary>Milliseconds.</summary>
    public uint GcInterval { get; init; }

    /// <summary>Milliseconds.</summary>
    public uint Expire { get; init; }

    /// <summary>Seconds between two looks at the rate (revision 3).</summary>
    public uint Interval { get; init; }

    public byte SourcePrefixLength { get; init; }

    public byte DestinationPrefixLength { get; init; }
}

/// <summary>A list of recently seen addresses (struct xt_recent_mtinfo, xt_recent_mtinfo_v1).</summary>
public sealed record XtRecent : Expression
{
    public required string Name { get; init; }

    /// <summary>XT_RECENT_*: 1 check, 2 set, 4 update, 8 remove, 0x10 with TTL, 0x20 reap.</summary>
    public byte Operation { get; init; }

    /// <summary>Only when seen within as many seconds; 0 = whenever.</summary>
    public uint Seconds { get; init; }

    /// <summary>Only when seen as many times; 0 = once.</summary>
    public uint HitCount { get; init; }

    /// <summary>Remembers destinations, not sources.</summary>
    public bool Destination { get; init; }

    public bool Inverted { get; init; }

    /// <summary>Which part of the address counts; null in revision 0.</summary>
    public IpAddr? Mask { get; init; }
}

/// <summary>Breaks when a number of bytes was used up, or with <c>Inverted</c> before (struct xt_quota_info).</summary>
/// <param name="Bytes">The whole quota; how much of it is left the kernel does not say.</param>
/// <param name="Inverted">Matches when nothing is left.</param>
public sealed record XtQuota(ulong Bytes, bool Inverted = false) : Expression;

/// <summary>This node's share of a cluster, by a hash of the connection's source (struct xt_cluster_match_info).</summary>
public sealed record XtCluster(uint TotalNodes, uint NodeMask, uint HashSeed, bool Inverted = false) : Expression;

/// <summary>Counts into an nfacct object; always matches (struct xt_nfacct_match_info).</summary>
public sealed record XtNfacct(string Name) : Expression;

/// <summary>Date and time of day (struct xt_time_info).</summary>
public sealed record XtTime : Expression
{
    /// <summary>Seconds since 1970.</summary>
    public uint DateStart { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public uint DateStop { get; init; }

    /// <summary>Seconds since midnight.</summary>
    public uint DayTimeStart { get; init; }

    /// <summary>Seconds since midnight.</summary>
    public uint DayTimeStop { get; init; }

    /// <summary>Bit N = Nth day of the month.</summary>
    public uint MonthDays { get; init; }

    /// <summary>Bit N = Nth day of the week, Monday is 1.</summary>
    public byte WeekDays { get; init; }

    /// <summary>The kernel's time zone instead of UTC.</summary>
    public bool LocalTimeZone { get; init; }

    /// <summary>A range over midnight is one range.</summary>
    public bool Contiguous { get; init; }
}
