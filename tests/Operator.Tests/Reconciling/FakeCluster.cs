// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Reconciling;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>
/// An API server in memory, and caches that are never behind it. It does not simulate: field ownership (an apply replaces spec and metadata as a whole),
/// schemas and defaults, watches, the DaemonSet controller, the garbage collector. Those are the embedded API server's part.
/// </summary>
internal sealed class FakeCluster : IKubernetesClient, IClusterView
{
    private readonly Dictionary<(string Plural, string Name), IKubernetesObject> _objects = [];
    private int _version;

    /// <summary>Refuses a call ("verb plural"); null lets it pass.</summary>
    public Func<string, KubeError?> Refuse { get; set; } = _ => null;

    /// <summary>What happens to a call instead of what it asks for, or after it; by its number from 1 and "verb plural".</summary>
    public Func<int, string, Fault> FaultOf { get; set; } = (_, _) => Fault.None;

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Every write that reached the server: "verb plural name".</summary>
    public List<string> Writes { get; } = [];

    public Node AddNode(Node node) => Put(BuiltInTypes.Node, node);

    public T Put<T>(ResourceType<T> type, T item)
        where T : class, IKubernetesObject
    {
        _objects[(type.Plural, item.Metadata.Name!)] = item;
        return item;
    }

    public void Remove<T>(ResourceType<T> type, string name)
        where T : class, IKubernetesObject => _objects.Remove((type.Plural, name));

    public IReadOnlyList<T> All<T>()
        where T : class, IKubernetesObject => [.. Snapshot().OfType<T>()];

    public TunnelDiagnosis Diagnosis => All<TunnelDiagnosis>().Single();

    public IReadOnlyList<TunnelDiagnosis> Diagnoses() => All<TunnelDiagnosis>();

    /// <summary>Everything that is stored now.</summary>
    public IReadOnlyList<IKubernetesObject> Snapshot()
    {
        lock (_objects)
            return [.. _objects.Values];
    }

    public IReadOnlyList<Node> Nodes() => All<Node>();

    public IReadOnlyList<NodeProbe> NodeProbesOf(string diagnosisUid) => Children<NodeProbe>(diagnosisUid);

    public IReadOnlyList<Pod> PodsOf(string diagnosisUid) => Children<Pod>(diagnosisUid);

    public DaemonSet? DaemonSetOf(string diagnosisUid) => Children<DaemonSet>(diagnosisUid).SingleOrDefault();

    public Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject =>
        Answer(type, "get", () => _objects.TryGetValue((type.Plural, name), out var item) ? KubeResult<T>.Ok((T)item) : NotFound());

    public Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => Answer(type, "create", () =>
        {
            if (_objects.ContainsKey((type.Plural, body.Metadata.Name!)))
                return new KubeError(KubeErrorKind.AlreadyExists, "already exists");
            Writes.Add($"create {type.Plural} {body.Metadata.Name}");
            return KubeResult<T>.Ok(Put(type, body));
        });

    public Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => Answer(type, "apply", () =>
        {
            fieldManager.ShouldBe("kubewgdiag-operator");
            Writes.Add($"apply {type.Plural} {body.Metadata.Name}");
            _objects.TryGetValue((type.Plural, body.Metadata.Name!), out var old);
            var metadata = body.Metadata with
            {
                Uid = old?.Metadata.Uid ?? $"uid-{++_version}",
                ResourceVersion = $"{++_version}",
                Generation = old is null ? 1 : old.Metadata.Generation + (HasSameSpec(old, body) ? 0 : 1),
            };
            IKubernetesObject stored = body switch
            {
                NodeProbe probe => probe with { Metadata = metadata, Status = (old as NodeProbe)?.Status },
                DaemonSet daemonSet => daemonSet with { Metadata = metadata },
                _ => throw new NotSupportedException(type.Plural),
            };
            return KubeResult<T>.Ok(Put(type, (T)stored));
        });

    public Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => Answer(type, "status", () =>
        {
            fieldManager.ShouldBe("kubewgdiag-operator-status");
            if (!_objects.TryGetValue((type.Plural, body.Metadata.Name!), out var old))
                return NotFound();
            if (body.Metadata.Uid is { } uid && uid != old.Metadata.Uid)
                return new KubeError(KubeErrorKind.Conflict, "another uid");
            if (body.Metadata.ResourceVersion is { } version && version != old.Metadata.ResourceVersion)
                return new KubeError(KubeErrorKind.Conflict, "another version");
            Writes.Add($"status {type.Plural} {body.Metadata.Name}");
            var diagnosis = (TunnelDiagnosis)old;
            IKubernetesObject stored = diagnosis with
            {
                Metadata = diagnosis.Metadata with { ResourceVersion = $"{++_version}" },
                Status = ((TunnelDiagnosis)(IKubernetesObject)body).Status,
            };
            return KubeResult<T>.Ok(Put(type, (T)stored));
        });

    public Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the operator applies");

    public Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the operator applies");

    public Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        return Answer<Status>($"delete {type.Plural}", () =>
        {
            if (!_objects.TryGetValue((type.Plural, name), out var old))
                return KubeResult<Status>.Ok(new Status());
            if (uid is not null && uid != old.Metadata.Uid)
                return new KubeError(KubeErrorKind.Conflict, "another uid");
            _objects.Remove((type.Plural, name));
            Writes.Add($"delete {type.Plural} {name}");
            return KubeResult<Status>.Ok(new Status());
        });
    }

    public Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => Answer($"list {type.Plural}", () => KubeResult<KubernetesList<T>>.Ok(new KubernetesList<T>
        {
            Metadata = new ListMeta(),
            Items = [.. All<T>().Where(item => item.Metadata.Namespace == options.Namespace && IsSelected(item, options.LabelSelector))],
        }));

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject
    {
        await Task.CompletedTask;
        yield break;
    }

    /// <summary>A person changes the spec.</summary>
    public void Change(TunnelDiagnosisSpec spec) => Put(CrdTypes.TunnelDiagnosis, Diagnosis with
    {
        Spec = spec,
        Metadata = Diagnosis.Metadata with { Generation = Diagnosis.Metadata.Generation + 1, ResourceVersion = $"{++_version}" },
    });

    /// <summary>The probe of a node writes its status.</summary>
    public void ProbeSays(string node, Func<NodeProbe, NodeProbeStatus> status)
    {
        var probe = All<NodeProbe>().Single(p => p.Spec!.NodeName == node);
        Put(CrdTypes.NodeProbe, probe with { Metadata = probe.Metadata with { ResourceVersion = $"{++_version}" }, Status = status(probe) });
    }

    /// <summary>A person makes a diagnosis.</summary>
    public TunnelDiagnosis Add(string name, string uid, TunnelDiagnosisSpec spec) => Put(CrdTypes.TunnelDiagnosis, new TunnelDiagnosis
    {
        Metadata = new() { Name = name, Uid = uid, Generation = 1, ResourceVersion = $"{++_version}" },
        Spec = spec,
    });

    /// <summary>What the garbage collector does: children whose owner is gone go too.</summary>
    public void CollectGarbage()
    {
        var owners = All<TunnelDiagnosis>().Select(diagnosis => diagnosis.Metadata.Uid).ToHashSet();
        foreach (var (key, item) in _objects.Where(item => item.Value is NodeProbe or DaemonSet or Pod && Ownership.DiagnosisUidOf(item.Value) is { } uid && !owners.Contains(uid)).ToList())
            _objects.Remove(key);
    }

    private List<T> Children<T>(string diagnosisUid)
        where T : class, IKubernetesObject => [.. All<T>().Where(child => Ownership.DiagnosisUidOf(child) == diagnosisUid)];

    private Task<KubeResult<T>> Answer<T>(ResourceType<T> type, string verb, Func<KubeResult<T>> answer)
        where T : class, IKubernetesObject => Answer($"{verb} {type.Plural}", answer);

    private Task<KubeResult<T>> Answer<T>(string call, Func<KubeResult<T>> answer)
        where T : class
    {
        // NodeProbes are written in parallel.
        lock (_objects)
        {
            var fault = FaultOf(++Calls, call);
            if (fault.Kills && !fault.IsAfter)
                throw new OperatorKilledException(call);
            if (Refuse(call) is { } refusal)
                return Task.FromResult<KubeResult<T>>(refusal);
            if (fault.Error is { } before && !fault.IsAfter)
                return Task.FromResult<KubeResult<T>>(before);
            var result = answer();
            if (fault.Kills)
                throw new OperatorKilledException(call);
            return Task.FromResult(fault.Error is { } after ? after : result);
        }
    }

    private static bool IsSelected(IKubernetesObject item, string? selector) =>
        selector?.Split('=') is not [var key, var value] || item.Metadata.Labels?.GetValueOrDefault(key) == value;

    private static bool HasSameSpec(IKubernetesObject one, IKubernetesObject other) => (one, other) switch
    {
        (NodeProbe a, NodeProbe b) => Equals(a.Spec, b.Spec),
        (DaemonSet a, DaemonSet b) => SpecOf(a) == SpecOf(b),
        _ => false,
    };

    private static string SpecOf(DaemonSet daemonSet) =>
        System.Text.Json.JsonSerializer.Serialize(daemonSet with { Metadata = new(), Status = null }, CoreJsonContext.Default.DaemonSet);

    private static KubeError NotFound() => new(KubeErrorKind.NotFound, "not found");
}

/// <summary>What happens to a call.</summary>
/// <param name="Kills">The operator ends.</param>
/// <param name="Error">The operator gets this instead of the answer.</param>
/// <param name="IsAfter">The server has done what was asked for.</param>
internal sealed record Fault(bool Kills, KubeError? Error, bool IsAfter)
{
    public static Fault None { get; } = new(false, null, false);
}

/// <summary>The process ended in the middle of a call.</summary>
internal sealed class OperatorKilledException(string call) : Exception(call);
