// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// <see cref="IKubernetesClient"/> over HTTP. <see cref="KubernetesClientFactory"/> makes one from credentials; one serves a
/// whole program.
/// </summary>
public sealed class KubernetesClient : IKubernetesClient, IDisposable
{
    private const string ApplyContentType = "application/apply-patch+yaml";
    private const string MergePatchContentType = "application/merge-patch+json";

    /// <summary>The server's limit for a manager's name.</summary>
    private const int MaxFieldManagerLength = 128;

    private readonly HttpClient _http;
    private readonly KubernetesClientOptions _options;
    private readonly TimeProvider _time;
    private readonly ApiCaller _caller;
    private readonly ListPager _pager;

    /// <summary>Takes over the handler; nothing is sent before the first call.</summary>
    /// <param name="handler">Connects and authenticates.</param>
    /// <param name="server">Address of the API server, possibly with a path.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">Clock of limits and retries.</param>
    public KubernetesClient(HttpMessageHandler handler, Uri server, KubernetesClientOptions options, TimeProvider time)
    {
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        (_options, _time) = (options, time);
        _caller = new ApiCaller(_http, server, options, time);
        _pager = new ListPager(_caller, options);
    }

    /// <summary>The namespace of the credentials: the pod's own, or that of the kubeconfig's context.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <inheritdoc/>
    public Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<string> path = ApiPath.Item(type, @namespace, name);
        return path.IsSuccess ? CallAsync(type, new ApiCall(HttpMethod.Get, path.Value, IsIdempotent: true), ct) : Refused<T>(path.Error);
    }

    /// <inheritdoc/>
    public async Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var all = new ListCollector<T>();
        KubeResult<ListMeta> list = await _pager.ReadAsync(type, options, all, ct);
        if (!list.IsSuccess) return list.Error;
        return KubeResult<KubernetesList<T>>.Ok(new KubernetesList<T>
        {
            ApiVersion = type.ApiVersion,
            Kind = $"{type.Kind}List",
            Metadata = list.Value,
            Items = all.Items,
            Skipped = all.Skipped,
        });
    }

    /// <inheritdoc/>
    public Task<KubeResult<ListMeta>> ListIntoAsync<T>(ResourceType<T> type, ListOptions options, IListReceiver<T> into, CancellationToken ct)
        where T : class, IKubernetesObject => _pager.ReadAsync(type, options, into, ct);

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<string> path = ApiPath.Collection(type, options.Namespace);
        await using var stream = new WatchStream<T>(_caller, type, _options, _time);
        KubeError? refusal = path.IsSuccess ? await stream.OpenAsync(WatchPath(path.Value, options), options.Timeout, ct) : path.Error;
        if (refusal is not null)
        {
            yield return new WatchEvent<T> { Type = WatchEventType.Error, Error = refusal };
            yield break;
        }

        while (await stream.NextAsync(ct) is { } frame)
        {
            if (frame is { Error: { } problem, Type: not WatchEventType.Error })
            {
                _options.Log?.Invoke(KubeLogLevel.Warning, $"Watch of {type.Plural}: {problem.Message}");
                _options.Metrics?.Skipped(type.Plural, 1);
            }

            yield return frame;
        }
    }

    /// <inheritdoc/>
    public Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        if (type.Namespaced && body.Metadata.Namespace is null) return Refused<T>(new KubeError(KubeErrorKind.Invalid, $"A {type.Kind} needs a namespace."));
        KubeResult<string> path = ApiPath.Collection(type, body.Metadata.Namespace);
        return path.IsSuccess
            ? CallAsync(type, new ApiCall(HttpMethod.Post, path.Value, IsIdempotent: false) { Body = ObjectWriter.Write(type, body) }, ct)
            : Refused<T>(path.Error);
    }

    /// <inheritdoc/>
    public Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => ApplyToAsync(type, body, fieldManager, string.Empty, ct);

    /// <inheritdoc/>
    public Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => ApplyToAsync(type, body, fieldManager, "/status", ct);

    /// <inheritdoc/>
    public Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        if (string.IsNullOrEmpty(body.Metadata.ResourceVersion))
            return Refused<T>(new KubeError(KubeErrorKind.Invalid, $"A {type.Kind} without a resourceVersion would be written over whatever is there."));
        KubeResult<string> path = ApiPath.Item(type, body.Metadata.Namespace, body.Metadata.Name);
        if (!path.IsSuccess) return Refused<T>(path.Error);
        // Sent twice it would be refused as a conflict with itself, so a lost connection is the caller's to sort out.
        return CallAsync(type, new ApiCall(HttpMethod.Put, path.Value, IsIdempotent: false) { Body = ObjectWriter.Write(type, body) }, ct);
    }

    /// <inheritdoc/>
    public Task<KubeResult<T>> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        CheckFieldManager(fieldManager);
        KubeResult<string> path = ApiPath.Item(type, @namespace, name);
        if (!path.IsSuccess) return Refused<T>(path.Error);
        string target = ApiPath.WithQuery(path.Value, ("fieldManager", fieldManager));
        return CallAsync(type, new ApiCall(HttpMethod.Patch, target, IsIdempotent: true) { Body = patch.ToArray(), ContentType = MergePatchContentType }, ct);
    }

    /// <inheritdoc/>
    public async Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<string> path = ApiPath.Item(type, @namespace, name);
        if (!path.IsSuccess) return path.Error;
        var request = new DeleteRequest { Preconditions = uid is null ? null : new DeletePreconditions(uid) };
        var call = new ApiCall(HttpMethod.Delete, path.Value, IsIdempotent: true)
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(request, WireJsonContext.Default.DeleteRequest),
        };
        KubeResult<Status> result = await _caller.CallAsync(call, DeleteAnswer.ReadAsync, ct);
        return result.Error?.Kind == KubeErrorKind.NotFound ? KubeResult<Status>.Ok(DeleteAnswer.Gone) : result;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Task<KubeResult<T>> Refused<T>(KubeError error)
        where T : class => Task.FromResult<KubeResult<T>>(error);

    private static void CheckFieldManager(string fieldManager)
    {
        ArgumentException.ThrowIfNullOrEmpty(fieldManager);
        if (fieldManager.Length > MaxFieldManagerLength) throw new ArgumentException($"At most {MaxFieldManagerLength} characters.", nameof(fieldManager));
    }

    private static string WatchPath(string path, WatchOptions options) => ApiPath.WithQuery(
        path,
        ("watch", "true"),
        ("labelSelector", options.LabelSelector),
        ("fieldSelector", options.FieldSelector),
        ("resourceVersion", options.SendInitialEvents && options.ResourceVersion.Length == 0 ? null : options.ResourceVersion),
        ("sendInitialEvents", options.SendInitialEvents ? "true" : null),
        // Needed with initial events and forbidden without.
        ("resourceVersionMatch", options.SendInitialEvents ? "NotOlderThan" : null),
        ("allowWatchBookmarks", "true"),
        ("timeoutSeconds", Math.Max(1, (long)Math.Ceiling(options.Timeout.TotalSeconds)).ToString(CultureInfo.InvariantCulture)));

    private Task<KubeResult<T>> ApplyToAsync<T>(ResourceType<T> type, T body, string fieldManager, string subresource, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        CheckFieldManager(fieldManager);
        KubeResult<string> path = ApiPath.Item(type, body.Metadata.Namespace, body.Metadata.Name);
        if (!path.IsSuccess) return Refused<T>(path.Error);
        string target = ApiPath.WithQuery(path.Value + subresource, ("fieldManager", fieldManager), ("force", "true"));
        // Applying the same intent twice is the same as once, so a lost connection may be retried.
        var call = new ApiCall(HttpMethod.Patch, target, IsIdempotent: true) { Body = ObjectWriter.Write(type, body), ContentType = ApplyContentType };
        return CallAsync(type, call, ct);
    }

    private Task<KubeResult<T>> CallAsync<T>(ResourceType<T> type, ApiCall call, CancellationToken ct)
        where T : class, IKubernetesObject =>
        _caller.CallAsync(call, (body, token) => JsonSerializer.DeserializeAsync(body, type.Json, token), ct);
}
