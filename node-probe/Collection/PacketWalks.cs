// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
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

    /// <summary>The facts with walks in each namespace that has tunnels.</summary>
    public static async Task<NodeFacts> AddAsync(
        NodeFacts facts, RuleCounters? before, NodeEnvironment environment, CollectionRequest request, TimeProvider time, CancellationToken ct)
    {
        using var spaces = await WalkSpaces.OpenAsync(facts, environment, request, time, ct);
        var start = time.GetTimestamp();
        return WalkSampler.Walk(facts, spaces.All, new WalkSampling
        {
            Now = time.GetUtcNow(),
            IsOver = () => ct.IsCancellationRequested || time.GetElapsedTime(start) > Limit,
            Growth = (space, rule) => before?.Growth(space, rule),
        });
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
