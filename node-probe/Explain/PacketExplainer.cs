// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>Walks a packet over the host that this program runs on, with the kernel's own answers for its routes.</summary>
public sealed class PacketExplainer : IPacketExplainer
{
    private static readonly HashSet<string> Needed = new(StringComparer.Ordinal)
    {
        "links", "addresses", "rules", "wireguard", "userspace-wireguard", "sysctls", "netfilter",
    };

    private readonly IFactsCollector _collector;
    private readonly TimeProvider _time;
    private readonly NodeEnvironment _environment;

    /// <summary>An explainer of the machine it runs on.</summary>
    public PacketExplainer(IFactsCollector collector, TimeProvider time)
        : this(collector, time, new NodeEnvironment())
    {
    }

    internal PacketExplainer(IFactsCollector collector, TimeProvider time, NodeEnvironment environment) =>
        (_collector, _time, _environment) = (collector, time, environment);

    /// <inheritdoc/>
    public async Task<WalkReport> ExplainAsync(WalkQuestion question, CollectionRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(request);
        var once = request with { Observation = TimeSpan.Zero };
        var found = await _collector.CollectAsync(once with { Readers = static name => name == NodeReaders.NamespacesName }, ct);
        // Those with WireGuard are read whole by the scan, so that they are found at the second reading too.
        var paths = PodNamespaces.PathsOf(found, _environment.ProcRoot, question.From, question.To);
        var facts = await _collector.CollectAsync(
            once with
            {
                NamespacePaths = [.. once.NamespacePaths, .. paths],
                Readers = static name => Needed.Contains(name) || name == NodeReaders.NamespacesName,
            },
            ct);
        using var spaces = await WalkSpaces.OpenAsync(facts, _environment, once, _time, ct);
        return new PacketWalker(spaces.All, _time.GetUtcNow()).Walk(question);
    }
}
