// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.AllowedIPs;

/// <summary>
/// Signal: the gap of <see cref="MissingDestinationRule"/>, met by traffic from the far side: the receiver decrypts and refuses the source.
/// Threshold: more packets refused inbound than dropped outbound during the observation, or no route at the receiver that could lead out.
/// Traps: kernel and userspace count differently (the kernel does not count refused bytes as received, userspace does); frame errors
/// without data from the peer prove nothing.
/// </summary>
internal sealed class MissingSourceRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ALLOWEDIPS-MISSING-SRC", Layer.AllowedIPs, Severity.Critical, "The receiver refuses a source")
    {
        Precedence = Rules.Precedence.Cryptokey + 3,
        ExplainedBy = ["WG-MASQUERADE-INTO-TUNNEL", "WG-ROUTE-SRC-WRONG", "WG-ALLOWEDIPS-OVERLAP", "WG-ALLOWEDIPS-CATCHALL", "WG-CNI-PODCIDR-CHANGED", "WG-CNI-STALE-PEER", "WG-WGQUICK-CONFIG-DRIFT"],
        Explanation = "After decrypting a packet WireGuard accepts it only if its source lies in the sender's AllowedIPs; otherwise the kernel drops it and counts "
            + "rx_frame_errors, and a userspace implementation drops it without a sign. The handshake stays fresh.",
        FalsifiedBy = "`wg show <device> allowed-ips` lists the prefix, or one that contains it, for that peer.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) => GapFindings.Make(Descriptor, mesh, GapDirection.Inbound);
}
