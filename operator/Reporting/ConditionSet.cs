// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// Builds the list of conditions from the one before. A transition time moves only with its status (meta/v1 Condition), and as the whole
/// list is applied each time, the old times have to be carried over here.
/// </summary>
/// <param name="previous">Conditions as stored.</param>
/// <param name="generation">The generation that the new ones speak of.</param>
/// <param name="now">Time of new transitions.</param>
internal sealed class ConditionSet(IReadOnlyList<Condition>? previous, long? generation, DateTimeOffset now)
{
    private const int MaxMessage = 4096;

    private readonly List<Condition> _conditions = [.. previous ?? []];

    /// <summary>Sets one condition.</summary>
    public ConditionSet Set(string type, Judgement judgement)
    {
        var index = _conditions.FindIndex(condition => condition.Type == type);
        var old = index < 0 ? null : _conditions[index];
        var condition = new Condition
        {
            Type = type,
            Status = judgement.Status,
            Reason = judgement.Reason,
            Message = PlainText.CleanOr(judgement.Message, MaxMessage, judgement.Reason),
            ObservedGeneration = generation,
            // metav1.Time has whole seconds.
            LastTransitionTime = old?.Status == judgement.Status ? old.LastTransitionTime : DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()),
        };
        if (index < 0)
            _conditions.Add(condition);
        else
            _conditions[index] = condition;
        return this;
    }

    /// <summary>The conditions in a stable order.</summary>
    public IReadOnlyList<Condition> ToList() => [.. _conditions.OrderBy(condition => Order(condition.Type)).ThenBy(condition => condition.Type, StringComparer.Ordinal)];

    /// <summary>The stored condition of this type; null when there is none.</summary>
    public static Condition? Find(IReadOnlyList<Condition>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => condition.Type == type);

    // The order in which they become true.
    private static int Order(string type) => type switch
    {
        ConditionTypes.Accepted => 0,
        ConditionTypes.ProbesReady => 1,
        ConditionTypes.Complete => 2,
        ConditionTypes.TunnelsHealthy => 3,
        _ => 4,
    };
}

/// <summary>Status, reason and message of a condition.</summary>
internal sealed record Judgement(string Status, string Reason, string Message)
{
    public static Judgement True(string reason, string message) => new("True", reason, message);

    public static Judgement False(string reason, string message) => new("False", reason, message);

    public static Judgement Unknown(string reason, string message) => new("Unknown", reason, message);
}
