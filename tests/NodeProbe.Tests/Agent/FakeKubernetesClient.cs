// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

/// <summary>
/// An API server of NodeProbes in memory that never forgets a version. It does not simulate selectors, schema validation, field ownership or time-outs: status
/// applies replace the whole status, and every list and watch sees everything.
/// </summary>
internal sealed class FakeKubernetesClient : IKubernetesClient
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NodeProbeObject> _objects = new(StringComparer.Ordinal);
    private readonly List<Channel<WatchEvent<NodeProbeObject>>> _watches = [];
    private readonly List<WatchEvent<NodeProbeObject>> _history = [];
    private readonly Channel<NodeProbeStatus> _applied = Channel.CreateUnbounded<NodeProbeStatus>();
    private readonly Channel<KubeErrorKind> _failed = Channel.CreateUnbounded<KubeErrorKind>();
    private int _version;
    private int _listAttempts;

    /// <summary>Asked before every apply; an error is the answer.</summary>
    public Func<NodeProbeStatus, KubeError?> OnApply { get; set; } = _ => null;

    /// <summary>The API server does not answer lists, watches and applies.</summary>
    public bool Away { get; set; }

    /// <summary>Every status that was accepted, in order, as JSON text.</summary>
    public List<string> Accepted { get; } = [];

    public List<string> FieldManagers { get; } = [];

    /// <summary>Label and field selector of every list and watch.</summary>
    public List<string> Selectors { get; } = [];

    public int ListAttempts => Volatile.Read(ref _listAttempts);

    /// <summary>Waits for the next accepted status.</summary>
    public async Task<NodeProbeStatus> NextAsync() => await _applied.Reader.ReadAsync(Limit());

    /// <summary>Waits for the next refused or lost apply.</summary>
    public async Task<KubeErrorKind> NextFailureAsync() => await _failed.Reader.ReadAsync(Limit());

    public void Put(NodeProbeObject probe)
    {
        lock (_gate) Store(probe, _objects.ContainsKey(probe.Metadata.Name!) ? WatchEventType.Modified : WatchEventType.Added);
    }

    public void Delete(string name)
    {
        lock (_gate)
        {
            if (_objects.Remove(name, out var gone)) Tell(new WatchEvent<NodeProbeObject> { Type = WatchEventType.Deleted, Object = gone, ResourceVersion = Next() });
        }
    }

    /// <summary>Ends every open watch, as a restarting server does.</summary>
    public void CutWatches()
    {
        lock (_gate)
        {
            foreach (var watch in _watches) watch.Writer.TryComplete();
            _watches.Clear();
        }
    }

    public Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        ct.ThrowIfCancellationRequested();
        var sent = (NodeProbeObject)(object)body;
        var status = sent.Status!;
        lock (_gate)
        {
            var error = Away ? new KubeError(KubeErrorKind.Unreachable, "connection refused")
                : OnApply(status)
                ?? (_objects.ContainsKey(sent.Metadata.Name!) ? null : new KubeError(KubeErrorKind.NotFound, "not found"));
            if (error is not null)
            {
                _failed.Writer.TryWrite(error.Kind);
                return Task.FromResult<KubeResult<T>>(error);
            }

            Accepted.Add(JsonSerializer.Serialize(sent, CrdsJsonContext.Default.NodeProbe));
            FieldManagers.Add(fieldManager);
            var stored = Store(_objects[sent.Metadata.Name!] with { Status = status }, WatchEventType.Modified);
            _applied.Writer.TryWrite(status);
            return Task.FromResult(KubeResult<T>.Ok((T)(object)stored));
        }
    }

    public Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        ct.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _listAttempts);
        lock (_gate)
        {
            Selectors.Add($"{options.LabelSelector}|{options.FieldSelector}");
            if (Away) return Task.FromResult<KubeResult<KubernetesList<T>>>(new KubeError(KubeErrorKind.Unreachable, "connection refused"));
            return Task.FromResult(KubeResult<KubernetesList<T>>.Ok(new KubernetesList<T>
            {
                Metadata = new ListMeta { ResourceVersion = $"{_version}" },
                Items = [.. _objects.Values.Cast<T>()],
            }));
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject
    {
        if (options.SendInitialEvents)
        {
            // A server without streaming lists.
            yield return new WatchEvent<T> { Type = WatchEventType.Error, Error = new KubeError(KubeErrorKind.Invalid, "not here") };
            yield break;
        }

        var channel = Channel.CreateUnbounded<WatchEvent<NodeProbeObject>>();
        lock (_gate)
        {
            Selectors.Add($"{options.LabelSelector}|{options.FieldSelector}");
            if (Away)
            {
                channel.Writer.TryWrite(new WatchEvent<NodeProbeObject> { Type = WatchEventType.Error, Error = new KubeError(KubeErrorKind.Unreachable, "connection refused") });
                channel.Writer.Complete();
            }
            else
            {
                var after = int.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
                foreach (var change in _history.Skip(after)) channel.Writer.TryWrite(change);
                _watches.Add(channel);
            }
        }

        await foreach (var change in channel.Reader.ReadAllAsync(ct)) yield return (WatchEvent<T>)(object)change;
    }

    public Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent reads by list and watch");

    public Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent creates nothing");

    public Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent writes status only");

    public Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent writes status only");

    public Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent writes status only");

    public Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException("the agent deletes nothing");

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    private NodeProbeObject Store(NodeProbeObject probe, WatchEventType type)
    {
        var stored = probe with { Metadata = probe.Metadata with { ResourceVersion = Next() } };
        _objects[probe.Metadata.Name!] = stored;
        Tell(new WatchEvent<NodeProbeObject> { Type = type, Object = stored, ResourceVersion = stored.Metadata.ResourceVersion });
        return stored;
    }

    private string Next() => $"{++_version}";

    private void Tell(WatchEvent<NodeProbeObject> change)
    {
        _history.Add(change); // one for each version, from 1
        foreach (var watch in _watches) watch.Writer.TryWrite(change);
    }
}
