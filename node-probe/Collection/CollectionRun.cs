// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Explain;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Sockets;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Runs the readers of one collection, those that count at a window's start and all of them at its end.</summary>
internal sealed class CollectionRun(TimeProvider time, NodeEnvironment environment, CollectionRequest request, CancellationToken token)
{
    private readonly IReadOnlyList<NamespaceReader> _inNamespaces = ReaderSelection.Of(NamespaceReaders.All, request.Readers);
    private readonly IReadOnlyList<NodeReader> _onNode = ReaderSelection.Of(NodeReaders.All, request.Readers);
    private readonly List<string> _scanCuts = [];
    private readonly List<string> _cuts = [];
    private readonly UapiCollection _uapi = new(time, environment, request, token);
    private NamespaceScanResult? _scan;
    private Fact<NamespaceScanFact> _namespaces = new()
    {
        Source = FactSources.Namespaces,
        At = time.GetUtcNow(),
        NotAvailable = new NotAvailable(NotAvailableReason.TimedOut, "looking for the network namespaces hung in the kernel"),
    };

    /// <summary>Pods of one node whose namespaces are read for asked paths, or to look for suspects.</summary>
    private const int MaxPods = 32;

    /// <summary>Time for looking into pods that nobody asked for.</summary>
    private static readonly TimeSpan SampleLimit = TimeSpan.FromSeconds(2);

    /// <summary>The probe's own namespace, for work that belongs to none.</summary>
    private static NamespaceTarget Own { get; } = new(NamespaceTarget.UnknownId, NamespaceTargets.HostName, null);

    /// <summary>Sample packets are to be walked.</summary>
    public bool Walks => _inNamespaces.Any(reader => reader.Name == NamespaceReaders.WalksName);

    /// <summary>What the packet filters had counted at the first reading; null when nobody read them then.</summary>
    public RuleCounters? RuleCounters { get; private set; }

    /// <summary>What the last reading left out because of limits, although verdicts need it.</summary>
    public IReadOnlyList<string> Cuts => _cuts;

    /// <summary>Finds the namespaces to read: the host's, those that were named, and those of the node that have WireGuard.</summary>
    public async Task<NamespaceTargets> FindNamespacesAsync()
    {
        if (!_onNode.Any(reader => reader.Name == NodeReaders.NamespacesName)) return NamespaceTargets.Open(environment.ProcRoot, request.NamespacePaths);
        var sockets = _uapi.Names();
        // Twice the usual time: it stands for what would be a reader in each of them.
        var runner = new ReaderRunner(time, request.ReaderTimeout * 2, token);
        var scan = new NamespaceScan(time, environment);
        var (fact, _) = await VisitAsync(
            Own, 2, _ => runner.Run(FactSources.Namespaces, deadline => scan.Run(sockets.Contains, request.ReaderTimeout / 4, deadline)));
        _scanCuts.AddRange(runner.Cuts);
        _scan = fact?.Value;
        var targets = NamespaceTargets.Open(environment.ProcRoot, request.NamespacePaths, _scan);
        _namespaces = fact is null ? _namespaces : new Fact<NamespaceScanFact>
        {
            Source = fact.Source,
            At = fact.At,
            DurationMs = fact.DurationMs,
            Value = fact.Value?.FactsBeside(targets.All.Select(target => target.Id)),
            NotAvailable = fact.NotAvailable,
            Seen = fact.Seen,
        };
        return targets;
    }

    /// <summary>Reads what counts.</summary>
    public async Task<NodeFacts> ReadCountersAsync(NamespaceTargets targets)
    {
        var counting = _inNamespaces.Where(r => r.Growth is not null || (Walks && r.Name == NamespaceReaders.NetfilterName));
        var facts = await ReadAsync(targets, [.. counting], [.. _onNode.Where(r => r.Growth is not null)]);
        if (Walks) RuleCounters = RuleCounters.Of(facts);
        return facts with { Namespaces = [.. facts.Namespaces.Select(CountersOnly.Of)] };
    }

    /// <summary>Reads everything.</summary>
    public async Task<NodeFacts> ReadAllAsync(NamespaceTargets targets)
    {
        var facts = await ReadAsync(targets, _inNamespaces, _onNode);
        return facts with { Namespaces = SocketPlaces.Fill(await WithOrphanSocketsAsync(targets, facts.Namespaces)) };
    }

    /// <summary>Reads the namespaces that have an end of an asked path and are not among the facts: what walks need, and nothing that counts.</summary>
    public async Task<IReadOnlyList<NamespaceFacts>> ReadPodsAsync(NodeFacts facts)
    {
        var addresses = request.PathQuestions.SelectMany(question => question.From.Append(question.To)).Distinct().ToList();
        if (addresses.Count == 0) return [];
        using var targets = NamespaceTargets.Open(environment.ProcRoot, [.. PodNamespaces.PathsOf(facts, environment.ProcRoot, addresses).Take(MaxPods)]);
        List<NamespaceReader> readers = [.. _inNamespaces.Where(reader => NamespaceReaders.ForWalks.Contains(reader.Name))];
        var spaces = new List<NamespaceFacts>();
        foreach (var target in targets.All.Skip(1).Where(target => !facts.Namespaces.Any(space => space.Id == target.Id)))
            spaces.Add(await ReadNamespaceAsync(target, NoUapi(), readers));
        return spaces;
    }

    /// <summary>
    /// Looks into pods that nobody asked for, as many as there is time for: a verdict may hang on one of them. Pods that the kubelet runs come first, then others that have an address.
    /// </summary>
    /// <param name="facts">What was read.</param>
    /// <param name="asked">Namespaces that were read besides for asked paths: none is walked into twice.</param>
    public async Task<IReadOnlyList<NamespaceFacts>> SamplePodsAsync(NodeFacts facts, IReadOnlyList<NamespaceFacts> asked)
    {
        if (!Walks || !_inNamespaces.Any(reader => reader.Name == NamespaceReaders.RoutesName) || !facts.Namespaces.Any(NamespaceReaders.HasTunnels)) return [];
        var start = time.GetTimestamp();
        List<NamespaceReader> readers = [.. _inNamespaces.Where(reader => NamespaceReaders.ForPods.Contains(reader.Name))];
        var spaces = new List<NamespaceFacts>();
        foreach (var other in (_namespaces.Value?.Others ?? []).Where(other => other.Addresses.Count > 0 && !asked.Any(space => space.Id == other.Id)).OrderBy(other => !other.Owners.Any(owner => owner.PodUid is not null)).Take(MaxPods))
        {
            if (time.GetElapsedTime(start) > SampleLimit) break;
            using var targets = NamespaceTargets.Open(environment.ProcRoot, PodNamespaces.PathsOf(other, environment.ProcRoot));
            // A path may stand for another namespace by now.
            if (targets.All.FirstOrDefault(target => target.Id == other.Id) is not { } target) continue;
            spaces.Add(await ReadNamespaceAsync(target with { Owners = other.Owners }, NoUapi(), readers));
        }

        return spaces;
    }

    private async Task<NodeFacts> ReadAsync(NamespaceTargets targets, IReadOnlyList<NamespaceReader> inNamespaces, IReadOnlyList<NodeReader> onNode)
    {
        _cuts.Clear(); // Only the last reading's facts are kept, and it says its own.
        _cuts.AddRange(_scanCuts);
        var uapi = inNamespaces.Any(reader => reader.Name == NamespaceReaders.UserspaceName) ? await ReadUapiAsync(targets) : NoUapi();
        var spaces = new List<NamespaceFacts>(targets.All.Count);
        foreach (var target in targets.All) spaces.Add(await ReadNamespaceAsync(target, uapi, inNamespaces));
        return await ReadNodeAsync(onNode) with { Namespaces = spaces };
    }

    private async Task<Fact<PlacedUapi>> ReadUapiAsync(NamespaceTargets targets)
    {
        var runner = new ReaderRunner(time, request.ReaderTimeout, token);
        var fact = await _uapi.ReadAsync(targets, _scan, runner);
        _cuts.AddRange(runner.Cuts);
        Heap.Trim();
        return fact;
    }

    /// <summary>
    /// Looks everywhere for the sockets of devices that have none where they are. Which ports these are is known only when all namespaces
    /// were read, and it is rare: a second, short visit is cheaper than keeping everybody's sockets.
    /// </summary>
    private async Task<IReadOnlyList<NamespaceFacts>> WithOrphanSocketsAsync(NamespaceTargets targets, IReadOnlyList<NamespaceFacts> spaces)
    {
        var ports = SocketPlaces.OrphanPorts(spaces);
        if (ports.Count == 0 || !_inNamespaces.Any(reader => reader.Name == SocketReading.OwnersName)) return spaces;
        var found = new List<NamespaceFacts>(spaces.Count);
        foreach (var (target, facts) in targets.All.Zip(spaces))
        {
            var more = facts.UdpSockets?.Value is null ? null : await VisitAsync(target, 2, runner =>
            {
                var reading = new NamespaceReading(target, environment, request, NoUapi(), runner, time.GetUtcNow()) { Facts = facts };
                SocketReading.Read(reading, ports);
                SocketReading.ReadOwners(reading);
                return reading.Facts;
            });
            found.Add(more?.Value?.UdpSockets?.Value is null ? facts : more.Value);
        }

        return found;
    }

    private Fact<PlacedUapi> NoUapi() => new()
    {
        Source = FactSources.UserspaceWireGuard,
        At = time.GetUtcNow(),
        NotAvailable = new NotAvailable(NotAvailableReason.NotRequested, "not asked for"),
    };

    private async Task<NamespaceFacts> ReadNamespaceAsync(NamespaceTarget target, Fact<PlacedUapi> uapi, IReadOnlyList<NamespaceReader> readers)
    {
        var (facts, reason) = await VisitAsync(target, readers.Count, runner =>
        {
            var reading = new NamespaceReading(target, environment, request, uapi, runner, time.GetUtcNow());
            foreach (var reader in readers) reader.Read(reading);
            return reading.Facts;
        });
        Heap.Trim();
        return facts ?? UnreadNamespace.Of(target, reason!, time.GetUtcNow());
    }

    private async Task<NodeFacts> ReadNodeAsync(IReadOnlyList<NodeReader> readers)
    {
        var empty = new NodeFacts { Node = request.NodeName, At = time.GetUtcNow(), Namespaces = [] };
        if (readers.Count == 0) return empty;
        var (facts, _) = await VisitAsync(Own, readers.Count, runner =>
        {
            var reading = new NodeReading(empty, environment, request, _namespaces, runner, time);
            foreach (var reader in readers) reader.Read(reading);
            return reading.Facts;
        });
        return facts ?? empty;
    }

    private async Task<Visited<T>> VisitAsync<T>(NamespaceTarget target, int readers, Func<ReaderRunner, T> read)
        where T : class
    {
        // A hung reader is left behind by its runner; beyond that only entering the namespace can hang.
        var limit = ReaderRunner.HangLimit(request.ReaderTimeout) * (readers + 1);
        try
        {
            var visit = await NamespaceVisitor.VisitAsync(target, Read, limit, time, token);
            // Only after the visit has ended: its thread owns the runner until then.
            _cuts.AddRange((visit.Value?.Cuts ?? []).Select(cut => target.Name == NamespaceTargets.HostName ? cut : $"{target.Name}: {cut}"));
            return new Visited<T>(visit.Value?.Facts, visit.Errno == 0 ? null : NamespaceProblem.Of(visit.Errno));
        }
        catch (TimeoutException)
        {
            return new Visited<T>(null, new NotAvailable(NotAvailableReason.TimedOut, "the visit of the network namespace hung in the kernel"));
        }

        Work<T> Read()
        {
            using var thread = new ReaderThread(time);
            var runner = new ReaderRunner(time, request.ReaderTimeout, token, thread);
            return new Work<T>(read(runner), runner.Cuts);
        }
    }

    // Classes, not tuples, for the reason that NamespaceVisit gives.
    private sealed record Visited<T>(T? Value, NotAvailable? Reason)
        where T : class;

    private sealed record Work<T>(T Facts, IReadOnlyList<string> Cuts)
        where T : class;
}
