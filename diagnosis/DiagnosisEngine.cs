// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis;

/// <summary>From facts to a ranked report. Pure: equal input, equal output.</summary>
public static class DiagnosisEngine
{
    /// <summary>Judges the facts of one or more nodes.</summary>
    public static DiagnosisReport Diagnose(DiagnosisInput input) => new()
    {
        Tunnels = [],
        RootCauses = [],
        CouldNotCheck = [],
        Summary = $"{input.Nodes.Count} nodes",
    };
}
