// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Performance;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>
/// Whether what one pair of nodes loses are its large packets: devices count packets, peers count bytes, so the mean size of what is missing can be computed where
/// one pair alone loses anything. Random loss takes packets of all sizes alike.
/// </summary>
/// <param name="Packets">Packets that are missing.</param>
/// <param name="MissingSize">Their mean size in bytes, as UDP payload.</param>
/// <param name="ArrivedSize">Mean size of those that the far end gave to its host, as IP packets.</param>
internal sealed record LossBySize(long Packets, double MissingSize, double ArrivedSize)
{
    private const long EnoughPackets = 4;

    /// <summary>What arrives is at most half as large as what does not.</summary>
    private const double Factor = 2;

    /// <summary>What other pairs seem to lose or to win is a tenth at most: windows lie a moment apart.</summary>
    private const double OthersShare = 0.1;

    /// <summary>Data header, tag and padding.</summary>
    private const double LargestOverhead = 48;

    /// <summary>Packets and bytes are read one after the other, so of few packets one or two too few may be counted.</summary>
    private const double Tolerance = 1.25;

    /// <summary>No path is narrower (RFC 791); smaller packets are not lost for their size.</summary>
    private const double Smallest = 576;

    private const double EnoughLoss = 0.1;

    /// <summary>Null when the sizes cannot be computed, or do not tell.</summary>
    public static LossBySize? Of(MeshModel mesh, PeerView tunnel, PathDifference difference)
    {
        if (tunnel.Reverse is not { } reverse || Missing(mesh, tunnel, difference) is not { } packets || packets < EnoughPackets) return null;
        var back = PathDifference.Of(mesh, reverse);
        var size = (difference.Lost + (double)(back?.Lost ?? 0)) / packets;
        if (size < Smallest || size > (tunnel.Device.Link!.Mtu + LargestOverhead) * Tolerance) return null;
        if (Arrived(reverse.Device) is not { } arrived || arrived * Factor > size) return null;
        return back is { Share: >= EnoughLoss } && !(Arrived(tunnel.Device) * Factor <= size) ? null : new LossBySize(packets, size, arrived);
    }

    private static double? Arrived(DeviceView device) =>
        device.Link?.Counters is { RxPackets.Growth: > 0 and var packets, RxBytes.Growth: { } bytes } ? (double)bytes / packets : null;

    // Packets that went into a device and came out of none, over all devices; null where somebody was not watched or another pair loses as well.
    private static long? Missing(MeshModel mesh, PeerView tunnel, PathDifference difference)
    {
        var (sent, received, others) = (0L, 0L, 0.0);
        foreach (var device in mesh.Meshes[tunnel.Device.MeshId])
        {
            if (device.Link?.Counters is not { TxPackets.Growth: { } tx, RxPackets.Growth: { } rx } || device.Unlisted is not null) return null;
            (sent, received) = (sent + (long)tx, received + (long)rx);
            foreach (var peer in device.Peers.Where(peer => peer.Fact.Sent.Grew && peer != tunnel && peer != tunnel.Reverse))
            {
                if (peer.Reverse?.Fact.Received.Growth is not { } there || peer.Fact.Sent.Growth is not { } here) return null;
                others += Math.Abs((double)here - there);
            }
        }

        return others <= difference.Lost * OthersShare ? sent - received : null;
    }
}
