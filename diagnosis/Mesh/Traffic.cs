// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Reads byte counters: what growth can be handshakes and keepalives alone, and what must be data.</summary>
internal static class Traffic
{
    /// <summary>UDP payload of a handshake initiation (WireGuard paper, section 5.4.2).</summary>
    public const ulong Initiation = 148;

    private const ulong Response = 92;
    private const ulong Keepalive = 32;

    /// <summary>A peer retries every 5 s and answers data with a keepalive after 10 s (REKEY_TIMEOUT, KEEPALIVE_TIMEOUT).</summary>
    private const double RetrySeconds = 5;

    private const double PassiveKeepaliveSeconds = 10;

    /// <summary>True when the counter grew by something that handshakes and keepalives cannot add up to.</summary>
    public static bool IsData(Counter counter, PeerView peer) =>
        counter.Growth is { } growth && growth > 0 && !CanBeControl(growth, peer);

    /// <summary>Growth that must be data; 0 when it can be control messages alone or was not observed.</summary>
    public static ulong DataGrowth(Counter counter, PeerView peer) => IsData(counter, peer) ? counter.Growth!.Value : 0;

    private static bool CanBeControl(ulong growth, PeerView peer)
    {
        var seconds = peer.Device.Node.Observed;
        var handshakes = 2 + (ulong)(seconds / RetrySeconds);
        var interval = Math.Max(1, Math.Min(PassiveKeepaliveSeconds, peer.Fact.PersistentKeepalive == 0 ? PassiveKeepaliveSeconds : peer.Fact.PersistentKeepalive));
        var keepalives = 1 + (ulong)(seconds / interval);
        // Windows are bounded, so what control messages can add up to is; above it no search is needed.
        if (growth > (handshakes * (Initiation + Response)) + (keepalives * Keepalive)) return false;
        for (ulong initiations = 0; initiations <= handshakes && initiations * Initiation <= growth; initiations++)
        {
            for (ulong responses = 0; responses <= handshakes; responses++)
            {
                var control = (initiations * Initiation) + (responses * Response);
                if (control <= growth && (growth - control) % Keepalive == 0 && (growth - control) / Keepalive <= keepalives) return true;
            }
        }

        return false;
    }
}
