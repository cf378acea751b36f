// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>A finding whose rule would have looked at facts that could not be had is less sure, and its evidence says why.</summary>
internal static class WantedFacts
{
    /// <summary>For each fact that is missing; less than facts that changed while they were read, which may be wrong and not only absent.</summary>
    private const double Missing = 0.9;

    public static RuleFinding Weigh(RuleFinding finding)
    {
        if (finding.Rule.Wants.Count == 0) return finding;
        var gaps = finding.Rule.Wants.Select(fact => (Fact: fact, Why: WhyNot(finding.Device.Namespace, fact))).Where(gap => gap.Why is not null).ToList();
        return gaps.Count == 0 ? finding : finding with
        {
            Finding = finding.Finding with
            {
                Confidence = Math.Round(finding.Finding.Confidence * Math.Pow(Missing, gaps.Count), 2),
                Evidence =
                [
                    .. finding.Finding.Evidence,
                    .. gaps.Select(gap => new Evidence(finding.Device.Node.Name, Name(gap.Fact), $"could not be checked, so this is less sure: {gap.Why}", null, "facts")),
                ],
            },
        };
    }

    private static string? WhyNot(NamespaceView ns, WantedFact fact) => fact switch
    {
        WantedFact.Addresses => UncheckedFacts.WhyNot(ns.Facts.Addresses),
        WantedFact.Routes => UncheckedFacts.WhyNot(ns.Facts.Routes),
        WantedFact.Rules => UncheckedFacts.WhyNot(ns.Facts.Rules),
        WantedFact.RouteLookups => UncheckedFacts.WhyNot(ns.Facts.RouteLookups),
        WantedFact.Sysctls => UncheckedFacts.WhyNot(ns.Facts.Sysctls),
        _ => UncheckedFacts.WhyNot(ns.Facts.ProtocolCounters),
    };

    private static string Name(WantedFact fact) => fact switch
    {
        WantedFact.Addresses => "addresses",
        WantedFact.Routes => "routes",
        WantedFact.Rules => "routing rules",
        WantedFact.RouteLookups => "route lookups",
        WantedFact.Sysctls => "sysctls",
        _ => "protocol counters",
    };
}
