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
        where T : class, IKubernetesObject => [.. _objects.Values.OfType<T>()];

    public TunnelDiagnosis Diagnosis => All<TunnelDiagnosis>().Single();

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
            var metadata = body.Metadata with { Uid = old?.Metadata.Uid ?? $"uid-{++_version}", ResourceVersion = $"{++_version}" };
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
        if (Refuse($"delete {type.Plural}") is { } error)
            return Task.FromResult<KubeResult<Status>>(error);
        if (_objects.Remove((type.Plural, name)))
            Writes.Add($"delete {type.Plural} {name}");
        return Task.FromResult(KubeResult<Status>.Ok(new Status()));
    }

    public Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

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

    private List<T> Children<T>(string diagnosisUid)
        where T : class, IKubernetesObject => [.. All<T>().Where(child => Ownership.DiagnosisUidOf(child) == diagnosisUid)];

    private Task<KubeResult<T>> Answer<T>(ResourceType<T> type, string verb, Func<KubeResult<T>> answer)
        where T : class, IKubernetesObject
    {
        // NodeProbes are written in parallel.
        lock (_objects)
            return Task.FromResult(Refuse($"{verb} {type.Plural}") is { } error ? error : answer());
    }

    private static KubeError NotFound() => new(KubeErrorKind.NotFound, "not found");
}
