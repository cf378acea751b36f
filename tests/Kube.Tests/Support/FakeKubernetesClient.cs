// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Lists and watches of widgets as a test scripts them; no other verb works.</summary>
internal sealed class FakeKubernetesClient : IKubernetesClient
{
    private readonly Channel<Func<KubeResult<KubernetesList<Widget>>>> _lists = Channel.CreateUnbounded<Func<KubeResult<KubernetesList<Widget>>>>();
    private readonly Channel<Channel<WatchEvent<Widget>>> _watches = Channel.CreateUnbounded<Channel<WatchEvent<Widget>>>();
    private readonly Channel<Channel<WatchEvent<Widget>>> _streams = Channel.CreateUnbounded<Channel<WatchEvent<Widget>>>();
    private readonly List<string> _streamVersions = [];
    private readonly Lock _lock = new();
    private readonly List<string?> _listVersions = [];
    private readonly List<string> _watchVersions = [];

    public IReadOnlyList<string?> ListVersions
    {
        get
        {
            lock (_lock) return [.. _listVersions];
        }
    }

    public IReadOnlyList<string> WatchVersions
    {
        get
        {
            lock (_lock) return [.. _watchVersions];
        }
    }

    public IReadOnlyList<string> StreamVersions
    {
        get
        {
            lock (_lock) return [.. _streamVersions];
        }
    }

    public void NextList(string version, params Widget[] items) =>
        _lists.Writer.TryWrite(() => KubeResult<KubernetesList<Widget>>.Ok(new KubernetesList<Widget> { Items = items, Metadata = new ListMeta { ResourceVersion = version } }));

    public void NextListFails(KubeErrorKind kind) => _lists.Writer.TryWrite(() => new KubeError(kind, "as scripted"));

    /// <summary>Scripts the next watch; without an end it stays open.</summary>
    public Channel<WatchEvent<Widget>> NextWatch(bool end, params WatchEvent<Widget>[] frames)
    {
        var channel = Channel.CreateUnbounded<WatchEvent<Widget>>();
        foreach (WatchEvent<Widget> frame in frames) channel.Writer.TryWrite(frame);
        if (end) channel.Writer.Complete();
        _watches.Writer.TryWrite(channel);
        return channel;
    }

    /// <summary>Scripts the next streaming list; while none is scripted the server does not know them.</summary>
    public Channel<WatchEvent<Widget>> NextStream(bool end, params WatchEvent<Widget>[] frames)
    {
        var channel = Channel.CreateUnbounded<WatchEvent<Widget>>();
        foreach (WatchEvent<Widget> frame in frames) channel.Writer.TryWrite(frame);
        if (end) channel.Writer.Complete();
        _streams.Writer.TryWrite(channel);
        return channel;
    }

    public static WatchEvent<Widget> InitialEnd(string version) => Bookmark(version) with { IsInitialEventsEnd = true };

    public static WatchEvent<Widget> Frame(WatchEventType type, Widget item) =>
        new() { Type = type, Object = item, ResourceVersion = item.Metadata.ResourceVersion };

    public static WatchEvent<Widget> Bookmark(string version) => new() { Type = WatchEventType.Bookmark, ResourceVersion = version };

    public static WatchEvent<Widget> Error(KubeErrorKind kind, string? reason = null) =>
        new() { Type = WatchEventType.Error, Error = new KubeError(kind, "as scripted", reason is null ? null : new Status { Reason = reason }) };

    public async Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        lock (_lock) _listVersions.Add(options.ResourceVersion);
        Func<KubeResult<KubernetesList<Widget>>> answer = await _lists.Reader.ReadAsync(ct);
        return (KubeResult<KubernetesList<T>>)(object)answer();
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject
    {
        lock (_lock) (options.SendInitialEvents ? _streamVersions : _watchVersions).Add(options.ResourceVersion);
        if (options.SendInitialEvents && !_streams.Reader.TryPeek(out _))
        {
            yield return (WatchEvent<T>)(object)Error(KubeErrorKind.Invalid);
            yield break;
        }

        Channel<WatchEvent<Widget>> watch = await (options.SendInitialEvents ? _streams : _watches).Reader.ReadAsync(ct);
        await foreach (WatchEvent<Widget> frame in watch.Reader.ReadAllAsync(ct)) yield return (WatchEvent<T>)(object)frame;
    }

    public Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();
}
