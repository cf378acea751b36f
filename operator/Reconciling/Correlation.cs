// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Hands the facts of all nodes to the engine, with the limits that the spec sets.</summary>
internal static class Correlation
{
    /// <summary>What the engine says about these nodes.</summary>
    public static DiagnosisReport Judge(TunnelDiagnosisSpec? spec, IReadOnlyList<NodeFacts> facts)
    {
        var thresholds = new Thresholds();
        if (spec?.Thresholds?.HandshakeStaleSeconds is { } seconds)
            thresholds = thresholds with { HandshakeStale = TimeSpan.FromSeconds(seconds) };
        return DiagnosisEngine.Diagnose(new DiagnosisInput(facts, thresholds)
        {
            IncludeCodes = spec?.Codes?.Include ?? [],
            ExcludeCodes = spec?.Codes?.Exclude ?? [],
        });
    }
}
