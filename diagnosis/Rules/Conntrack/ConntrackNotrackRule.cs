// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>A packet that was exempted from tracking is dropped later. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class ConntrackNotrackRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-NOTRACK", Layer.Conntrack, Severity.Warning, "Packets exempted from connection tracking meet rules that want a state")
    {
        Precedence = Rules.Precedence.Receiver + 9,
        Explanation = "A notrack rule exempts the packet from connection tracking; it is neither new nor established then, and a later rule that accepts only these, or drops what is untracked, ends it.",
        FalsifiedBy = "The later rule accepts untracked packets.",
    };

    protected override string Remark(Blockade blockade) => blockade.Walks.Select(walk => walk.Notrack).FirstOrDefault(rule => rule is not null) is { } notrack
        ? $" It is untracked because of {FilterText.Place(notrack)} (\"{FilterText.Said(notrack)}\")."
        : "";
}
