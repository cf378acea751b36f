// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Routes;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Asks the planned route lookups one after the other.</summary>
internal static class RouteLookupReader
{
    public static Reading<IReadOnlyList<RouteLookupFact>> Read(
        NetlinkConnection connection, IReadOnlyList<WireGuardDeviceFact> devices, Deadline deadline, NamespaceFacts? facts = null)
    {
        IReadOnlyList<RouteLookupFact> questions = [.. RouteLookupPlanner.Plan(devices, out var cut), .. facts is null ? [] : FlowLookupPlanner.Plan(facts, devices)];
        var answers = new List<RouteLookupFact>(questions.Count);
        foreach (var question in questions)
        {
            var result = RouteLookup.Ask(connection, question, deadline, out var answer);
            if (result.Outcome == NetlinkOutcome.TimedOut && answers.Count > 0)
                return Reading<IReadOnlyList<RouteLookupFact>>.Of(answers, cut: $"route lookups: {answers.Count} of {questions.Count} within the time limit");
            if (!result.IsOk) return Reading<IReadOnlyList<RouteLookupFact>>.None(result);
            answers.Add(answer);
        }

        return Reading<IReadOnlyList<RouteLookupFact>>.Of(
            answers, cut: cut ? $"route lookups: only the first {RouteLookupPlanner.MaxLookups}" : null);
    }
}
