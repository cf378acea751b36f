// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.Diagnosis.Walking.Paths;
using KubeWgDiag.Diagnosis.Walking.Samples;
using KubeWgDiag.NodeProbe.Explain;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Walks sample packets over what was read, with the kernel's own answers for the routes.</summary>
internal static class PacketWalks
{
    /// <summary>
    /// With fifty thousand rules a packet takes some milliseconds. Every sort of packet is walked for the first peers within this time; more peers make
    /// hardly any rule set's answer different.
    /// </summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>The facts with walks in each namespace that has tunnels, and with those of asked paths.</summary>
    /// <param name="facts">What was read.</param>
    /// <param name="pods">Namespaces that are no part of the facts and that asked paths begin or end in.</param>
    /// <param name="sample">Those among the facts that nobody asked for.</param>
    /// <param name="before">What rules had counted before; null when nobody read it.</param>
    /// <param name="environment">Where to read from.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Ends the walking.</param>
    public static async Task<NodeFacts> AddAsync(
        NodeFacts facts,
        IReadOnlyList<NamespaceFacts> pods,
        IReadOnlyList<NamespaceFacts> sample,
        RuleCounters? before,
        NodeEnvironment environment,
        CollectionRequest request,
        TimeProvider time,
        CancellationToken ct)
    {
        using var spaces = await WalkSpaces.OpenAsync(facts with { Namespaces = [.. facts.Namespaces, .. pods] }, environment, request, time, ct);
        var sampled = sample.Select(space => space.Id).ToHashSet(StringComparer.Ordinal);
        List<WalkNamespace> all = [.. spaces.All.Select(space => sampled.Contains(space.Facts.Id) ? space with { Sampled = true } : space)];
        var start = time.GetTimestamp();
        var sampling = new WalkSampling
        {
            Now = time.GetUtcNow(),
            IsOver = () => ct.IsCancellationRequested || time.GetElapsedTime(start) > Limit,
            Growth = (space, rule) => before?.Growth(space, rule),
        };
        var walked = WalkSampler.Walk(facts, [.. all.Take(facts.Namespaces.Count)], sampling);
        if (request.PathQuestions.Count == 0) return walked;
        // Somebody asked for these: they get time of their own.
        start = time.GetTimestamp();
        return walked with { PathWalks = PathSampler.Walk(facts, spaces.All, request.PathQuestions, sampling) };
    }

    /// <summary>The facts without the rule sets, which nobody needs any more; what could not be read keeps its reason.</summary>
    public static NodeFacts DropRuleSets(NodeFacts facts) => facts with
    {
        Namespaces =
        [
            .. facts.Namespaces.Select(space => space.Netfilter?.Value is null ? space : space with
            {
                Netfilter = space.Netfilter with { Value = null, NotAvailable = new NotAvailable(NotAvailableReason.NotRequested, "walked over, and left out for its size") },
            }),
        ],
    };
}
