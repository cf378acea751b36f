// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Routes;

/// <summary>RTA_METRICS: RTAX_* of linux/rtnetlink.h.</summary>
internal struct RouteMetrics
{
    private const ushort Lock = 1;
    private const ushort MtuMetric = 2;
    private const ushort CongestionControlMetric = 16;

    /// <summary>TCP_CA_NAME_MAX of the kernel.</summary>
    private const int MaxAlgorithmName = 16;

    /// <summary>The names of ip-route(8) by number; null = read into a field of its own.</summary>
    private static readonly string?[] Names =
    [
        null, null, null, "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd", "features", "rto_min", "initrwnd",
        "quickack", null, "fastopen_no_cookie",
    ];

    /// <summary>RTAX_MTU in bytes.</summary>
    public int? Mtu { get; private set; }

    /// <summary>RTAX_LOCK: bit N stands for RTAX_N.</summary>
    public uint? Locks { get; private set; }

    /// <summary>RTAX_CC_ALGO.</summary>
    public string? CongestionControl { get; private set; }

    /// <summary>All others; null = none.</summary>
    public SortedDictionary<string, uint>? Others { get; private set; }

    /// <summary>False when the list is broken.</summary>
    public static bool TryRead(in NetlinkAttribute list, out RouteMetrics metrics, ref int unknown)
    {
        metrics = default;
        var reader = list.Nested();
        while (reader.TryRead(out var metric))
        {
            if (!metrics.Apply(metric)) unknown++;
        }

        return !reader.IsMalformed;
    }

    private bool Apply(in NetlinkAttribute metric)
    {
        if (metric.Type == CongestionControlMetric)
        {
            if (!metric.TryGetString(MaxAlgorithmName, out var name)) return false;
            CongestionControl = name;
            return true;
        }

        if (!metric.TryGetUInt32(out var value)) return false;
        switch (metric.Type)
        {
            case Lock:
                if (value != 0) Locks = value;
                return true;
            case MtuMetric:
                if (value is > 0 and <= int.MaxValue) Mtu = (int)value;
                return value <= int.MaxValue;
            default:
                if (metric.Type >= Names.Length || Names[metric.Type] is not { } key) return false;
                (Others ??= new SortedDictionary<string, uint>(StringComparer.Ordinal))[key] = value;
                return true;
        }
    }
}
