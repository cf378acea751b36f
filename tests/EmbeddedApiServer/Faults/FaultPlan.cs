// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Faults;

/// <summary>Which faults happen how often, and to whom.</summary>
public sealed record FaultPlan
{
    /// <summary>Nothing happens.</summary>
    public static FaultPlan None { get; } = new();

    /// <summary>Probability of each fault per request, 0 to 1; together 1 at most. What is not named never happens.</summary>
    public IReadOnlyDictionary<RequestFault, double> Rates { get; init; } = new Dictionary<RequestFault, double>();

    /// <summary>Bounds of a delay.</summary>
    public (TimeSpan Least, TimeSpan Most) Delay { get; init; } = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(500));

    /// <summary>A watch meets its fault after at most this time, or after at most twenty changes.</summary>
    public TimeSpan WatchFaultWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Seconds in Retry-After.</summary>
    public int RetryAfterSeconds { get; init; } = 1;

    /// <summary>Beginnings of user agents that are meant; empty: all.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>Verbs that are meant (get, list, watch, create, update, patch, delete, deletecollection); empty: all.</summary>
    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Resources that are meant (plural, with subresource after a slash); empty: all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Every fault with the same probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probabilities add up to more than 1.</exception>
    public static FaultPlan Even(double each) => Check(new FaultPlan { Rates = Enum.GetValues<RequestFault>().ToDictionary(fault => fault, _ => each) });

    internal bool Means(RequestKey key) =>
        (Agents.Count == 0 || Agents.Any(agent => key.Agent.StartsWith(agent, StringComparison.Ordinal)))
        && (Verbs.Count == 0 || Verbs.Contains(key.Verb))
        && (Resources.Count == 0 || Resources.Contains(key.Resource));

    internal static FaultPlan Check(FaultPlan plan)
    {
        if (plan.Rates.Values.Any(rate => rate is not (>= 0 and <= 1)) || plan.Rates.Values.Sum() > 1 + 1e-9)
            throw new ArgumentOutOfRangeException(nameof(plan), "a probability is not within 0 to 1, or together they are more than 1");
        if (plan.Delay.Least < TimeSpan.Zero || plan.Delay.Most < plan.Delay.Least)
            throw new ArgumentOutOfRangeException(nameof(plan), "the bounds of a delay are in the wrong order");
        return plan;
    }
}
