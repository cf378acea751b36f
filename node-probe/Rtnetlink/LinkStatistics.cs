// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>
/// Decodes struct rtnl_link_stats64 (linux/if_link.h): an array of u64 that grew with the kernels.
/// A shorter one lacks the last counters, which then are 0; what a longer one has more is not needed here.
/// </summary>
internal static class LinkStatistics
{
    public static LinkCounters Decode(ReadOnlySpan<byte> payload) => new()
    {
        RxPackets = At(payload, 0),
        TxPackets = At(payload, 1),
        RxBytes = At(payload, 2),
        TxBytes = At(payload, 3),
        RxErrors = At(payload, 4),
        TxErrors = At(payload, 5),
        RxDropped = At(payload, 6),
        TxDropped = At(payload, 7),
        RxLengthErrors = At(payload, 10),
        RxFrameErrors = At(payload, 13),
    };

    private static Counter At(ReadOnlySpan<byte> payload, int index)
    {
        var offset = index * sizeof(ulong);
        return new Counter(payload.Length >= offset + sizeof(ulong) ? MemoryMarshal.Read<ulong>(payload[offset..]) : 0);
    }
}
