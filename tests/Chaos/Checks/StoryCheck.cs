// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Chaos.Checks;

/// <summary>Whether the statuses of one diagnosis, in the order in which they were seen, tell a story that can be true. Pure.</summary>
internal static class StoryCheck
{
    /// <summary>Conditions that cannot go there and back within a run; of others a change may have come and gone unseen.</summary>
    private static readonly string[] Steady = ["Accepted", "Complete"];

    /// <summary>What contradicts itself; empty when nothing does.</summary>
    public static IEnumerable<string> FaultsOf(IReadOnlyList<TunnelDiagnosisStatus> story)
    {
        for (var i = 1; i < story.Count; i++)
        {
            foreach (var fault in Between(story[i - 1], story[i]))
                yield return fault;
        }

        var runs = RunsOf(story);
        if (runs.Distinct(StringComparer.Ordinal).Count() != runs.Count) yield return $"a run came back after another: {string.Join(", ", runs)}";
        foreach (var status in story.Where(status => status.History is { Count: > 0 }))
        {
            foreach (var fault in History(status, runs))
                yield return fault;
        }
    }

    /// <summary>The runs in the order in which they appeared, each time that the run changed.</summary>
    public static IReadOnlyList<string> RunsOf(IReadOnlyList<TunnelDiagnosisStatus> story)
    {
        var runs = new List<string>();
        foreach (var run in story.Select(status => status.Run).OfType<string>())
            if (runs.Count == 0 || runs[^1] != run) runs.Add(run);
        return runs;
    }

    private static IEnumerable<string> Between(TunnelDiagnosisStatus before, TunnelDiagnosisStatus after)
    {
        if (after.ObservedGeneration < before.ObservedGeneration) yield return $"observedGeneration went from {before.ObservedGeneration} back to {after.ObservedGeneration}";
        if (before.Run is null || after.Run != before.Run) yield break;
        foreach (var condition in (after.Conditions ?? []).Where(condition => Steady.Contains(condition.Type)))
        {
            var old = before.Conditions?.FirstOrDefault(c => c.Type == condition.Type);
            if (old?.Status == condition.Status && old.LastTransitionTime != condition.LastTransitionTime)
                yield return $"{condition.Type} stayed {condition.Status} and its transition time went from {old.LastTransitionTime:O} to {condition.LastTransitionTime:O}";
        }

        if (after.StartTime != before.StartTime) yield return $"run {after.Run} started at {before.StartTime:O} and then at {after.StartTime:O}";
        if (before.CompletionTime is null) yield break;
        if (after.CompletionTime != before.CompletionTime) yield return $"run {after.Run} was complete at {before.CompletionTime:O} and then at {after.CompletionTime:O}";
        if (Codes(after) != Codes(before)) yield return $"run {after.Run} was complete with [{Codes(before)}] and then had [{Codes(after)}]";
    }

    private static IEnumerable<string> History(TunnelDiagnosisStatus status, IReadOnlyList<string> runs)
    {
        var earlier = status.History!.Select(record => record.Run).ToList();
        if (earlier.Distinct(StringComparer.Ordinal).Count() != earlier.Count) yield return $"the history names a run twice: {string.Join(", ", earlier)}";
        if (status.CompletionTime is null && status.Run is { } run && earlier.Contains(run)) yield return $"the history holds run {run}, which is under way";
        if (!status.History!.Zip(status.History!.Skip(1)).All(pair => pair.First.StartTime >= pair.Second.StartTime)) yield return "the history is not sorted, newest first";
        if (status.History!.Any(record => record.CompletionTime < record.StartTime)) yield return "the history holds a run that ended before it began";
        // The order of those that were seen: others may have come and gone while nobody could look.
        var seen = earlier.Where(runs.Contains).Reverse().ToList();
        if (!seen.SequenceEqual(runs.Where(seen.Contains), StringComparer.Ordinal)) yield return "the history has another order than the runs had";
    }

    private static string Codes(TunnelDiagnosisStatus status) => string.Join(", ", (status.RootCauses ?? []).Select(cause => $"{cause.Code} {cause.Node}"));
}
