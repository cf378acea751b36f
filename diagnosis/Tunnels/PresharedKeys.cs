// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Tunnels;

/// <summary>Compares the preshared keys of both ends by what the probe tells of them.</summary>
internal static class PresharedKeys
{
    /// <summary>True when they differ, false when they are equal or both unset; null when that cannot be told.</summary>
    public static bool? Differ(PeerView here, PeerView there)
    {
        if (here.IsCounted || there.IsCounted) return null;
        if (here.Fact.HasPresharedKey != there.Fact.HasPresharedKey) return true;
        if (!here.Fact.HasPresharedKey) return false;
        return here.Fact.PresharedKeyFingerprint is { } one && there.Fact.PresharedKeyFingerprint is { } other
            ? !string.Equals(one, other, StringComparison.OrdinalIgnoreCase)
            : null;
    }

    public static PairSigns Sign(PeerView here, PeerView there) => Differ(here, there) switch
    {
        true => PairSigns.PresharedKeysDiffer,
        false => PairSigns.PresharedKeysEqual,
        null => PairSigns.None,
    };
}
