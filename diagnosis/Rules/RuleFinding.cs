// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules;

/// <summary>A finding with what the later stages need: which device is at fault and what becomes of which tunnel.</summary>
/// <param name="Rule">The rule that made it.</param>
/// <param name="Device">The device at fault.</param>
/// <param name="Finding">What is told.</param>
/// <param name="Effects">The tunnels that suffer.</param>
internal sealed record RuleFinding(RuleDescriptor Rule, DeviceView Device, Finding Finding, IReadOnlyList<TunnelEffect> Effects)
{
    public IpFamily? Family => Finding.Subject.Family;

    /// <summary>True when it keeps handshakes from completing; usually what the rule says of all its findings.</summary>
    public bool StopsHandshake { get; init; } = Rule.StopsHandshake;

    /// <summary>What becomes of tunnels that no node lists.</summary>
    public IReadOnlyList<UnlistedEffect> Unlisted { get; init; } = [];
}

/// <summary>What becomes of a tunnel because of a finding.</summary>
internal readonly record struct TunnelEffect(PeerView Tunnel, TunnelState State);

/// <summary>What becomes of all the unlisted tunnels of a device because of a finding.</summary>
/// <param name="Device">The device.</param>
/// <param name="Outbound">The new state of what it sends; null when that stays.</param>
/// <param name="Inbound">The new state of what others send to it; null when that stays.</param>
internal readonly record struct UnlistedEffect(DeviceView Device, TunnelState? Outbound, TunnelState? Inbound);
