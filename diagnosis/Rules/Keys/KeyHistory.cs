// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Peers;

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>How a wrong key came about, from what the two entries remember.</summary>
internal static class KeyHistory
{
    /// <summary>Nodes differ for some seconds after an agent restart; later than that somebody was not told.</summary>
    private static readonly TimeSpan Race = TimeSpan.FromSeconds(120);

    /// <summary>True when no handshake was ever made under the entry.</summary>
    public static bool IsNew(PeerView? entry) => entry is null || (entry.Fact.LastHandshake is null && entry.Fact.Received.Value == 0);

    /// <summary>
    /// True when the key never worked: the device that is meant knows the holder, one of them tried, and neither has ever had a handshake with the other. A key that
    /// was right once leaves a trace at one end or the other, unless nobody ever used it.
    /// </summary>
    public static bool WasNeverRight(Pair<AbsentPeer> pair) => pair.Data is { Stale: { IsCounted: false } stale, Asked: { IsCounted: false } asked } && IsNew(stale) && IsNew(asked)
        && Math.Max(stale.Fact.Sent.Value, asked.Fact.Sent.Value) >= Traffic.Initiation;

    /// <summary>
    /// True when the device was made anew since the holder last heard from it: the holder remembers a session of more than two minutes ago, and the device has forgotten
    /// all of its own, or its machine was started since.
    /// </summary>
    public static bool WasMadeAnew(Pair<AbsentPeer> pair)
    {
        if (pair.Data.Stale is not { IsCounted: false } stale || Session.Age(stale) is not { } age || age <= Race) return false;
        var booted = pair.About.Node.Facts.Host?.Clock?.Value is { UptimeSeconds: > 0 } clock && clock.UptimeSeconds < age.TotalSeconds && clock.UptimeSeconds > Race.TotalSeconds;
        return booted || (pair.About.Unlisted is null && pair.About.Peers.All(peer => IsNew(peer) || peer.Fact.LastHandshake > stale.Fact.LastHandshake) && IsNew(pair.Data.Asked) && pair.Data.Asked is not null);
    }
}
