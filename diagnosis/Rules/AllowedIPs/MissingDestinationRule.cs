// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Signal: a node routes a prefix into its device that lies behind a peer, and no peer's AllowedIPs own it.
/// Threshold: see <see cref="GapExpectation"/>; counters only choose between this code and its twin for the other direction.
/// Traps: the same gap is one finding, not one per direction; networks that nobody meant for the tunnel; wider prefixes of relays;
/// error counters alone say nothing, because stray multicast raises them too.
/// </summary>
internal sealed class MissingDestinationRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-MISSING-DST", Layer.AllowedIPs, Severity.Critical, "No peer owns a destination")
    {
        Precedence = Rules.Precedence.Cryptokey + 2,
        ExplainedBy = ["WG-ALLOWEDIPS-OVERLAP", "WG-ALLOWEDIPS-CATCHALL", "WG-CNI-PODCIDR-CHANGED", "WG-CNI-STALE-PEER", "WG-CNI-DUPLICATE-OWNER", "WG-WGQUICK-CONFIG-DRIFT"],
        Explanation = "WireGuard chooses the peer for a packet by its destination. Where no peer's AllowedIPs contain it, the kernel drops the packet and counts "
            + "tx_errors; a userspace implementation drops it without a sign. The handshake stays fresh.",
        FalsifiedBy = "`wg show <device> allowed-ips` lists the prefix, or one that contains it, for that peer.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => GapFindings.Make(Descriptor, mesh, GapDirection.Outbound);
}
