// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Contract;

/// <summary>
/// One entry of the accuracy matrix: a fault that is really made, or a healthy network that looks unusual. The expected code stands
/// here and comes from the failure catalogue, never from what the engine says.
/// </summary>
public sealed record Scenario
{
    /// <summary>The code that has to be the first root cause; null = healthy, nothing of Warning or worse may be reported.</summary>
    public required string? Code { get; init; }

    /// <summary>Tells scenarios of one code apart.</summary>
    public string? Variant { get; init; }

    /// <summary>What is done, in one line.</summary>
    public required string Title { get; init; }

    /// <summary>Where it can be built. Each run uses a fresh network, so nothing has to be taken back.</summary>
    public Layouts Layouts { get; init; } = Layouts.All;

    public Families Families { get; init; } = Families.Both;

    public Implementations Implementations { get; init; } = Implementations.Both;

    /// <summary>Codes that the catalogue itself names as the same finding seen from another side: as good as <see cref="Code"/>.</summary>
    public IReadOnlyList<string> AlsoAcceptable { get; init; } = [];

    /// <summary>What a combination of faults consists of; every part's code must be among the root causes.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>The expected codes, each with what counts as the same; none = healthy.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Expected =>
        Parts.Count > 0 ? [.. Parts.SelectMany(part => part.Fault.Expected)] : Code is null ? [] : [[Code, .. AlsoAcceptable]];

    /// <summary>Codes that are true of what the injection leaves behind too, by the catalogue: no false findings when reported besides.</summary>
    public IReadOnlyList<string> AlsoTrue { get; init; } = [];

    /// <summary>Changes the network while it has to stay healthy: runs before the traffic is proven to flow.</summary>
    public Func<Scene, CancellationToken, Task>? Prepare { get; init; }

    /// <summary>Breaks it; the network is healthy and has sessions and traffic.</summary>
    public Func<Scene, CancellationToken, Task>? InjectAsync { get; init; }

    /// <summary>
    /// What the control plane says beside: bends what a healthy cluster publishes. With it the judge gets the control plane's view, as the operator has it;
    /// null = nobody asks the control plane.
    /// </summary>
    public Action<Scene, PublishedCluster>? Publishes { get; init; }

    /// <summary>What flows before and during the observation.</summary>
    public Traffic Traffic { get; init; } = Traffic.PodToPod;

    /// <summary>Which traffic must be lost during the observation, else the scenario itself is in error.</summary>
    public Hurt Hurts { get; init; } = Hurt.PodToPod;

    /// <summary>Which traffic must be lost over IPv6 where that differs.</summary>
    public Hurt? HurtsV6 { get; init; }

    /// <summary>
    /// Proves another effect than lost pings, by other means than the probe (counters, tools): true = the fault is really there. Runs
    /// during the observation, in addition to <see cref="Hurts"/>.
    /// </summary>
    public Func<Scene, CancellationToken, Task<bool>>? Effect { get; init; }

    /// <summary>Whether not one packet may have passed before: no session is made before the observation.</summary>
    public bool NeverUsed { get; init; }

    /// <summary>Seconds between injection and observation, with traffic.</summary>
    public int SettleSeconds { get; init; } = 2;

    /// <summary>Seconds that the probes watch the counters.</summary>
    public int ObserveSeconds { get; init; } = 8;

    /// <summary>Whether the probes are told to read the namespaces of the pods too (<c>--netns</c>), which a user does who asks about one pod.</summary>
    public bool ReadsPods { get; init; }

    /// <summary>What the probe of a node is started with, for example a program that takes rights away from it (a shell word or more); null and empty = nothing.</summary>
    public Func<Scene, LabNode, string>? ProbeBehind { get; init; }

    /// <summary>Whether the short run (make test) leaves it to the whole run, because it takes minutes.</summary>
    public bool OnlyInWholeRun { get; init; }

    /// <summary>Why this machine cannot make it; then nothing is injected and nothing is counted.</summary>
    public string? NotReproducible { get; init; }

    /// <summary>The test that covers what cannot be reproduced (class name in tests/).</summary>
    public string? CoveredBy { get; init; }

    /// <summary>Name on the command line and in tables.</summary>
    public string Name => Parts.Count > 0 ? string.Join('+', Parts.Select(part => part.Fault.Name)) : Variant is null ? Code ?? Title : $"{Code ?? "healthy"}/{Variant}";

    /// <summary>An entry of the catalogue that cannot be made here.</summary>
    /// <param name="code">Its code.</param>
    /// <param name="reason">What is missing.</param>
    /// <param name="coveredBy">Test class (or fixture folder) that covers the rule.</param>
    public static Scenario Impossible(string code, string reason, string coveredBy) =>
        new() { Code = code, Title = reason, NotReproducible = reason, CoveredBy = coveredBy };
}

/// <summary>One fault of a combination.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Role">Who is A and who is B for it.</param>
public sealed record Part(Scenario Fault, Role Role)
{
    public Scene Of(Scene whole) => Role switch
    {
        Role.AToC when whole.C is { } c => whole.Between(whole.A, c),
        Role.CToB when whole.C is { } c => whole.Between(c, whole.B),
        Role.BToC when whole.C is { } c => whole.Between(whole.B, c),
        _ => whole,
    };
}
