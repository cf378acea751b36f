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
}

/// <summary>What becomes of a tunnel because of a finding.</summary>
internal readonly record struct TunnelEffect(PeerView Tunnel, TunnelState State);
