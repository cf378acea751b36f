// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Something that lies behind a device and that its peers may want to reach.</summary>
/// <param name="Prefix">The network, or the host prefix of an address.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Link">Interface index it hangs on.</param>
internal sealed record OwnedPrefix(IpPrefix Prefix, OwnedKind Kind, int Link)
{
    /// <summary>How many peers of the owner have it in their AllowedIPs for the owner.</summary>
    public int Holders { get; set; }
}

/// <summary>What lies behind a device.</summary>
internal enum OwnedKind
{
    /// <summary>An address of the WireGuard device itself.</summary>
    DeviceAddress,

    /// <summary>A network (or a single pod's route) on another link of the node, neither WireGuard nor underlay.</summary>
    LocalNetwork,
}
