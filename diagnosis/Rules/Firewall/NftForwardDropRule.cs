// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules.Walks;

namespace KubeWgDiag.Diagnosis.Rules.Firewall;

/// <summary>A rule at the way between tunnel and pods drops. Signal, threshold and traps: <see cref="BlockadeRule"/>.</summary>
internal sealed class NftForwardDropRule : BlockadeRule
{
    public override RuleDescriptor Descriptor { get; } = new("WG-NFT-FORWARD-DROP", Layer.Firewall, Severity.Critical, "A rule drops what is forwarded")
    {
        Precedence = Rules.Precedence.Receiver + 3,
        Explanation = "The tunnel delivers, and a rule of this host ends the packet on its way between the tunnel and what is behind the node. An accept in one base chain ends only that chain: a later chain of the same hook can still drop.",
        FalsifiedBy = "A trace (nft monitor trace) shows such a packet leaving by the right device.",
    };
}
