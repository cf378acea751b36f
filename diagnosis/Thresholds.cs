// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis;

/// <summary>Limits that a diagnosis may set; each default has its reason in the protocol.</summary>
public sealed record Thresholds
{
    /// <summary>
    /// Age from which a session that someone uses counts as dead. WireGuard's REJECT_AFTER_TIME: no key pair older than 180 s is accepted
    /// (WireGuard paper, section 6.1).
    /// </summary>
    public TimeSpan HandshakeStale { get; init; } = TimeSpan.FromSeconds(180);
}
