// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Findings;

/// <summary>One direction of a tunnel: what a device sends to one of its peers.</summary>
/// <param name="FromNode">The sending node.</param>
/// <param name="FromDevice">The sending device.</param>
/// <param name="ToNode">The receiving node; null when no observed node owns the peer's key.</param>
/// <param name="PeerKey">Public key of the receiver, base64.</param>
public sealed record TunnelId(string FromNode, string FromDevice, string? ToNode, string PeerKey);
