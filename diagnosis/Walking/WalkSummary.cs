// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Puts the end of a walk into one sentence.</summary>
internal static class WalkSummary
{
    public static WalkReport Of(WalkQuestion question, WalkEnd end, IReadOnlyList<WalkStep> steps)
    {
        var open = steps.FirstOrDefault(step => step.Outcome == WalkOutcome.Undetermined);
        // A drop is a drop, also when something before it could not be told: the packet would end there at the latest.
        var outcome = end.Outcome is WalkOutcome.Dropped && steps.Count > 0 && steps[^1].Outcome == WalkOutcome.Undetermined ? WalkOutcome.Undetermined
            : end.Outcome is not WalkOutcome.Dropped && open is not null ? WalkOutcome.Undetermined
            : end.Outcome;
        return new WalkReport { Outcome = outcome, Summary = Sentence(question, outcome, open, steps), Steps = steps };
    }

    private static string Sentence(WalkQuestion question, WalkOutcome outcome, WalkStep? open, IReadOnlyList<WalkStep> steps)
    {
        var packet = $"the packet from {question.From} to {question.To}";
        var last = steps.Count > 0 ? steps[^1] : null;
        return outcome switch
        {
            WalkOutcome.Left => $"{packet} passes, and {last!.What}",
            WalkOutcome.Delivered => $"{packet} arrives: {last!.What} in {last.Place}",
            WalkOutcome.Dropped => $"{packet} ends in {last!.Place} at {Word(last.Stage)}: {last.What}{By(last)}",
            _ => $"nobody can tell what becomes of {packet}: at {Word((open ?? last)!.Stage)} in {(open ?? last)!.Place}, {(open ?? last)!.What}{By((open ?? last)!)}",
        };
    }

    private static string Word(WalkStage stage) => stage.ToString().ToLowerInvariant();

    private static string By(WalkStep step) => step.DecidedBy is { } by ? step.Owner is { } owner ? $" ({by}; {owner})" : $" ({by})" : "";
}
