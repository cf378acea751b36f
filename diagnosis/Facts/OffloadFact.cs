// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>Offload features (ethtool netlink, linux/ethtool_netlink.h) of all devices that have the same ones. Names are the kernel's, in its order.</summary>
public sealed record OffloadFact
{
    /// <summary>Interface indexes.</summary>
    public required IReadOnlyList<int> Links { get; init; }

    /// <summary>ETHTOOL_A_FEATURES_ACTIVE: what is on: <c>rx-gro</c>, <c>tx-udp_tnl-segmentation</c>, <c>tx-checksum-ip-generic</c> ...</summary>
    public required IReadOnlyList<string> Active { get; init; }

    /// <summary>ETHTOOL_A_FEATURES_HW without _NOCHANGE: what an administrator can switch; all others are fixed.</summary>
    public required IReadOnlyList<string> Changeable { get; init; }

    /// <summary>ETHTOOL_A_FEATURES_WANTED without _ACTIVE: what was asked for and the device cannot do now.</summary>
    public required IReadOnlyList<string> Refused { get; init; }
}
