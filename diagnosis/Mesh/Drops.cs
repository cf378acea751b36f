// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>
/// Packets that a device refused during the observation because of AllowedIPs. The kernel counts them; for a userspace device they are the
/// difference between what its peers' counters and what its TUN interface moved.
/// </summary>
/// <param name="Inbound">Decrypted and then refused for their inner source.</param>
/// <param name="Outbound">Given to the device, and no peer owned the destination.</param>
internal readonly record struct Drops(double Inbound, double Outbound)
{
    /// <summary>Data header and authentication tag (WireGuard paper, section 5.4.6).</summary>
    private const double DataOverhead = 32;

    /// <summary>Payload is padded to 16 bytes.</summary>
    private const double MeanPadding = 8;

    /// <summary>
    /// What a userspace device's peers delivered may exceed what its interface showed by this factor without any drop: the two are read one after the
    /// other, and offloads merge packets and so lose their headers (at most about 110 of 1420 bytes).
    /// </summary>
    private const double Tolerance = 1.15;

    public static Drops Of(DeviceView device) => device.Link?.Counters is not { } counters
        ? default
        : device.IsUserspace ? FromDifference(device, counters) : FromErrors(counters);

    private static Drops FromErrors(LinkCounters counters) => new(
        Growth(counters.RxFrameErrors),
        Growth(counters.TxErrors));

    private static Drops FromDifference(DeviceView device, LinkCounters counters)
    {
        if (device.Peers.Any(peer => peer.Fact.Sent.Growth is null || peer.Fact.Received.Growth is null)) return default;
        var received = device.Peers.Sum(peer => (double)Traffic.DataGrowth(peer.Fact.Received, peer)) + (device.Unlisted?.ReceivedData ?? 0);
        var sent = device.Peers.Sum(peer => (double)Traffic.DataGrowth(peer.Fact.Sent, peer)) + (device.Unlisted?.SentData ?? 0);
        return new(
            Missing(received, Growth(counters.RxPackets), Growth(counters.RxBytes)),
            // A packet nobody owns still counts as sent on the TUN interface.
            Math.Max(0, Growth(counters.TxPackets) - Math.Ceiling(Packets(sent, Growth(counters.TxPackets), Growth(counters.TxBytes)))));
    }

    // Bytes that the peers delivered beyond what came out of the device, in packets of the size of a ping where no other size is known.
    private static double Missing(double payload, double packets, double bytes)
    {
        var explained = bytes + (packets * (DataOverhead + (2 * MeanPadding)));
        var size = packets > 0 ? (bytes / packets) + DataOverhead + MeanPadding : 128;
        return payload > explained * Tolerance ? Math.Floor((payload - explained) / size * 1.2) : 0;
    }

    private static double Packets(double payload, double packets, double bytes) =>
        packets > 0 ? payload / ((bytes / packets) + DataOverhead) : 0;

    private static double Growth(Counter counter) => counter.Growth ?? 0;
}
