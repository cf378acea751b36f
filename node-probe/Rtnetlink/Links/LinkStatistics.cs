// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>
/// Decodes struct rtnl_link_stats64 (linux/if_link.h): an array of u64 that grew with the kernels. A shorter one lacks the last counters:
/// they are then 0. What a longer one has more is nobody's yet.
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
        Multicast = Seldom(payload, 8),
        Collisions = Seldom(payload, 9),
        RxLengthErrors = At(payload, 10),
        RxOverErrors = Seldom(payload, 11),
        RxCrcErrors = Seldom(payload, 12),
        RxFrameErrors = At(payload, 13),
        RxFifoErrors = Seldom(payload, 14),
        RxMissedErrors = Seldom(payload, 15),
        TxAbortedErrors = Seldom(payload, 16),
        TxCarrierErrors = Seldom(payload, 17),
        TxFifoErrors = Seldom(payload, 18),
        TxHeartbeatErrors = Seldom(payload, 19),
        TxWindowErrors = Seldom(payload, 20),
        RxCompressed = Seldom(payload, 21),
        TxCompressed = Seldom(payload, 22),
        RxNoHandler = Seldom(payload, 23),
        RxOtherHostDropped = Seldom(payload, 24),
    };

    private static Counter? Seldom(ReadOnlySpan<byte> payload, int index) => At(payload, index) is { Value: not 0 } counter ? counter : null;

    private static Counter At(ReadOnlySpan<byte> payload, int index)
    {
        var offset = index * sizeof(ulong);
        return new Counter(payload.Length >= offset + sizeof(ulong) ? MemoryMarshal.Read<ulong>(payload[offset..]) : 0);
    }
}
