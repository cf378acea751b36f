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
        Multicast = IfThere(payload, 8),
        Collisions = IfThere(payload, 9),
        RxLengthErrors = At(payload, 10),
        RxOverErrors = IfThere(payload, 11),
        RxCrcErrors = IfThere(payload, 12),
        RxFrameErrors = At(payload, 13),
        RxFifoErrors = IfThere(payload, 14),
        RxMissedErrors = IfThere(payload, 15),
        TxAbortedErrors = IfThere(payload, 16),
        TxCarrierErrors = IfThere(payload, 17),
        TxFifoErrors = IfThere(payload, 18),
        TxHeartbeatErrors = IfThere(payload, 19),
        TxWindowErrors = IfThere(payload, 20),
        RxCompressed = IfThere(payload, 21),
        TxCompressed = IfThere(payload, 22),
        RxNoHandler = IfThere(payload, 23),
        RxOtherHostDropped = IfThere(payload, 24),
    };

    private static Counter At(ReadOnlySpan<byte> payload, int index) => IfThere(payload, index) ?? default;

    private static Counter? IfThere(ReadOnlySpan<byte> payload, int index)
    {
        var offset = index * sizeof(ulong);
        return payload.Length >= offset + sizeof(ulong) ? new Counter(MemoryMarshal.Read<ulong>(payload[offset..])) : null;
    }
}
