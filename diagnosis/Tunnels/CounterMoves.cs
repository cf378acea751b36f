// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>Reads the sizes of WireGuard's messages out of byte counters.</summary>
internal static class CounterMoves
{
    /// <summary>UDP payload of a handshake response (WireGuard paper, section 5.4.3).</summary>
    public const ulong Response = 92;

    /// <summary>UDP payload of a keepalive: a data message without data.</summary>
    public const ulong Keepalive = 32;

    /// <summary>Two small packets: one may be on its way when the other end is read.</summary>
    public const ulong EnoughData = 256;

    /// <summary>What the counter did during the observation.</summary>
    public static CounterMove InWindow(Counter counter, PeerView peer)
    {
        if (counter.Growth is not { } growth) return CounterMove.Unknown;
        if (growth == 0) return CounterMove.Flat;
        if (Traffic.IsData(counter, peer)) return growth < EnoughData ? CounterMove.Little : CounterMove.Data;
        if (growth % Traffic.Initiation == 0) return CounterMove.Initiations;
        if (growth % Response == 0) return CounterMove.Responses;
        return growth % Keepalive == 0 ? CounterMove.Keepalives : CounterMove.Mixed;
    }

    /// <summary>
    /// What all it ever counted was, for a peer that never had a session: then there is no data in it, and neither windows nor clocks matter.
    /// Sizes that handshakes cannot add up to stand for a session that was forgotten.
    /// </summary>
    public static CounterMove SinceEver(Counter counter)
    {
        var total = counter.Value;
        if (total == 0) return CounterMove.Flat;
        if (total % Traffic.Initiation == 0) return CounterMove.Initiations;
        if (total % Response == 0) return CounterMove.Responses;
        // 92 goes into 37 initiations without a rest (both are multiples of 4), so more need not be tried.
        for (ulong initiations = 1; initiations < 23 && initiations * Traffic.Initiation < total; initiations++)
        {
            if ((total - (initiations * Traffic.Initiation)) % Response == 0) return CounterMove.Mixed;
        }

        return total < EnoughData ? CounterMove.Little : CounterMove.Data;
    }
}
