// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>
/// Stands for the peers of a device that are not listed, in a size that does not grow with their number. Who compares it with what other
/// nodes say learns which keys are missing or too many, and whose AllowedIPs differ. Each unlisted peer has a key and no sign of a fault that one
/// node alone can see, unless it is counted as <see cref="Broken"/>, <see cref="Degraded"/> or <see cref="Unknown"/> (too many to list).
/// </summary>
public sealed record PeerDigest
{
    /// <summary>Unlisted peers with a living session.</summary>
    public int Healthy { get; init; }

    /// <summary>Unlisted peers that nobody uses.</summary>
    public int Idle { get; init; }

    /// <summary>Unlisted peers that work worse than they should, all for the same reason as listed ones.</summary>
    public int Degraded { get; init; }

    /// <summary>Unlisted peers whose traffic fails as this node sees it: more than could be listed.</summary>
    public int Broken { get; init; }

    /// <summary>Unlisted peers that this node cannot judge alone: more than could be listed.</summary>
    public int Unknown { get; init; }

    /// <summary>Bytes of data that unlisted peers delivered during the observation, without handshakes and keepalives.</summary>
    public ulong ReceivedData { get; init; }

    /// <summary>Bytes of data that unlisted peers were sent during the observation, without handshakes and keepalives.</summary>
    public ulong SentData { get; init; }

    /// <summary>Sketch of the unlisted peers' public keys (<c>PeerSketch</c>); empty when none was made.</summary>
    public ReadOnlyMemory<byte> Keys { get; init; }

    /// <summary>Sketch of the unlisted peers' public keys with their AllowedIPs; empty when none was made.</summary>
    public ReadOnlyMemory<byte> Entries { get; init; }
}
