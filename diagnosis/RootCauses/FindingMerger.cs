// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>Findings of one code on one node that one command mends are one finding: a sysctl that stops two devices is one fault.</summary>
internal static class FindingMerger
{
    public static IEnumerable<RuleFinding> Merge(IEnumerable<RuleFinding> findings) => findings
        .GroupBy(Key, StringComparer.Ordinal)
        .Select(group => Join([.. group.Order(CauseRanking.Instance)]));

    private static string Key(RuleFinding finding)
    {
        var commands = string.Join('\n', finding.Finding.Remediation.Select(step => $"{step.Node}\t{step.Command}"));
        var subject = finding.Finding.Subject;
        return commands.Length > 0
            ? $"{finding.Rule.Code}\n{subject.Node}\n{subject.Namespace}\n{commands}"
            // No command to compare: each stands for itself.
            : $"{finding.Rule.Code}\n{subject.Node}\n{subject.Namespace}\n{subject.Device}\n{subject.PeerKey}\n{subject.Family}\n{finding.Finding.Message}";
    }

    private static RuleFinding Join(List<RuleFinding> all) => all is [var first] ? first : all[0] with
    {
        Finding = all[0].Finding with
        {
            Evidence = [.. all.SelectMany(item => item.Finding.Evidence).Distinct().Take(MergeLimits.Evidence)],
            AffectedTunnels = TunnelOrder.Sort(all.SelectMany(item => item.Finding.AffectedTunnels)),
        },
        Effects = [.. all.SelectMany(item => item.Effects)],
        Unlisted = [.. all.SelectMany(item => item.Unlisted)],
    };
}
