// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>Prefixes that lie behind a node and that a peer's AllowedIPs do not give to it.</summary>
/// <param name="Entry">The holder's entry for the node.</param>
/// <param name="Prefixes">What the entry should have, sorted.</param>
/// <param name="Direction">Which end of the gap traffic met during the observation.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Because">Why the entry should have it, in words.</param>
internal sealed record AllowedIpsGap(PeerView Entry, IReadOnlyList<IpPrefix> Prefixes, GapDirection Direction, double Confidence, string Because)
{
    public DeviceView Holder => Entry.Device;

    public DeviceView Target => Entry.Remote!;
}

/// <summary>The same gap seen from two ends.</summary>
internal enum GapDirection
{
    /// <summary>The holder has packets for the prefix, and no peer owns it.</summary>
    Outbound,

    /// <summary>The holder gets packets from the prefix and refuses their source.</summary>
    Inbound,
}
