// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Paths;
using KubeWgDiag.Diagnosis.RootCauses;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis;

/// <summary>From facts to a ranked report. Pure: equal input, equal output.</summary>
public static class DiagnosisEngine
{
    /// <summary>Judges the facts of one or more nodes. Never throws for what the facts say, however broken.</summary>
    public static DiagnosisReport Diagnose(DiagnosisInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var mesh = MeshBuilder.Build(input);
        var all = RuleCatalogue.Rules.Where(rule => rule is not ISymptomRule).SelectMany(rule => rule.Evaluate(mesh)).Select(WantedFacts.Weigh).ToList();
        var sharp = FindingMerger.Merge(all).ToList();

        // States tell what is, whoever asked for which codes.
        var unlisted = new UnlistedTally(mesh, sharp);
        var tunnels = TunnelJudge.Judge(mesh, sharp, unlisted, input.BrokenTunnelsOnly);
        var symptoms = RuleCatalogue.Rules.OfType<ISymptomRule>().Where(rule => IsWanted(input, rule.Descriptor)).ToList();
        var causes = new RootCauseBuilder(mesh, symptoms, unlisted).Build(sharp.Where(finding => IsWanted(input, finding.Rule)));
        var missing = UncheckedFacts.List(mesh, causes);
        return new DiagnosisReport
        {
            Tunnels = tunnels.Listed,
            Unlisted = tunnels.Unlisted,
            RootCauses = causes,
            Paths = new PathJudge(mesh, tunnels.Listed, causes).Judge(input.Paths),
            CouldNotCheck = missing,
            Summary = ReportSummary.Of(mesh, tunnels, causes, missing.Count),
        };
    }

    private static bool IsWanted(DiagnosisInput input, RuleDescriptor rule) =>
        (input.IncludeCodes is not { Count: > 0 } include || include.Contains(rule.Code))
        && input.ExcludeCodes?.Contains(rule.Code) != true;
}
