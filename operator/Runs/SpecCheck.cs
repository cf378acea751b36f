// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// Checks what goes from a spec into a privileged pod: labels of nodes and tolerations, nothing else. The CRD cannot say label syntax for
/// map keys, so it is checked here.
/// </summary>
internal static class SpecCheck
{
    /// <summary>What is wrong with the spec; null when it is right.</summary>
    public static SpecFault? FaultOf(TunnelDiagnosisSpec spec)
    {
        if (spec.NodeSelector is { } selector && LabelSyntax.FaultOf(selector) is { } labelFault)
            return new SpecFault(Reasons.InvalidNodeSelector, $"nodeSelector: {labelFault}");
        foreach (var toleration in spec.Tolerations ?? [])
        {
            if (LabelSyntax.FaultOf(toleration) is { } fault)
                return new SpecFault(Reasons.InvalidTolerations, $"tolerations: {fault}");
        }

        return null;
    }
}
