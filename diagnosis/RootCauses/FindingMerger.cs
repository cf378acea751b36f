// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>Findings of one code on one node that one command mends are one finding: a sysctl that stops two devices is one fault.</summary>
internal static class FindingMerger
{
    public static IEnumerable<RuleFinding> Merge(IEnumerable<RuleFinding> findings) => findings
        .GroupBy(Key, StringComparer.Ordinal)
        .Select(group => group.Order(CauseRanking.Instance).Aggregate(Join));

    private static string Key(RuleFinding finding)
    {
        var commands = string.Join('\n', finding.Finding.Remediation.Select(step => $"{step.Node}\t{step.Command}"));
        var subject = finding.Finding.Subject;
        return commands.Length > 0
            ? $"{finding.Rule.Code}\n{subject.Node}\n{subject.Namespace}\n{commands}"
            // No command to compare: each stands for itself.
            : $"{finding.Rule.Code}\n{subject.Node}\n{subject.Namespace}\n{subject.Device}\n{subject.PeerKey}\n{subject.Family}\n{finding.Finding.Message}";
    }

    private static RuleFinding Join(RuleFinding first, RuleFinding second) => first with
    {
        Finding = first.Finding with
        {
            Evidence = [.. first.Finding.Evidence.Concat(second.Finding.Evidence).Distinct()],
            AffectedTunnels = TunnelOrder.Sort(first.Finding.AffectedTunnels.Concat(second.Finding.AffectedTunnels)),
        },
        Effects = [.. first.Effects.Concat(second.Effects)],
        Unlisted = [.. first.Unlisted.Concat(second.Unlisted)],
    };
}
