// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Reads this node's facts from the kernel and from the sockets of userspace WireGuard implementations.</summary>
public sealed class FactsCollector : IFactsCollector
{
    private readonly TimeProvider _time;
    private readonly NodeEnvironment _environment;

    /// <summary>A collector of the machine it runs on.</summary>
    public FactsCollector(TimeProvider time)
        : this(time, new NodeEnvironment())
    {
    }

    internal FactsCollector(TimeProvider time, NodeEnvironment environment) => (_time, _environment) = (time, environment);

    /// <inheritdoc/>
    public async Task<NodeFacts> CollectAsync(CollectionRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var run = new CollectionRun(_time, _environment, request, ct);
        using var targets = await run.FindNamespacesAsync();
        NodeFacts? start = null;
        var observed = TimeSpan.Zero;
        if (request.Observation > TimeSpan.Zero)
        {
            start = await run.ReadCountersAsync(targets);
            Heap.Trim();
            var from = _time.GetTimestamp();
            await Task.Delay(request.Observation, _time, ct);
            observed = _time.GetElapsedTime(from);
        }

        var end = await run.ReadAllAsync(targets);
        Heap.Trim();
        if (run.Walks)
        {
            var pods = await run.ReadPodsAsync(end);
            var sample = await run.SamplePodsAsync(end, pods);
            end = await PacketWalks.AddAsync(end with { Namespaces = [.. end.Namespaces, .. sample] }, pods, sample, run.RuleCounters, _environment, request, _time, ct);
            end = SampledPods.KeepSuspects(end, sample);
            if (!request.KeepRuleSets) end = PacketWalks.DropRuleSets(end);
            Heap.Trim();
        }

        return (start is null ? end : GrowthMerger.Merge(start, end)) with
        {
            At = _time.GetUtcNow(),
            ObservedSeconds = Math.Round(observed.TotalSeconds, 3),
            KernelRelease = KernelRelease.Read(),
            Truncated = run.Cuts.Count > 0,
            TruncatedWhat = run.Cuts.Count > 0 ? string.Join("; ", run.Cuts) : null,
        };
    }
}
