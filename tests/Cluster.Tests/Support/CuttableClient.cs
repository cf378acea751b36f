// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>A client whose connection can be cut: from then on the server is out of its reach, while others go on.</summary>
internal sealed class CuttableClient(IKubernetesClient inner) : IKubernetesClient
{
    private volatile bool _isCut;

    public void Cut() => _isCut = true;

    public Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.GetAsync(type, @namespace, name, ct));

    public Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.ListAsync(type, options, ct));

    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => inner.WatchAsync(type, options, ct);

    public Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.CreateAsync(type, body, ct));

    public Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.ReplaceAsync(type, body, ct));

    public Task<KubeResult<T>> MergePatchAsync<T>(
        ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.MergePatchAsync(type, @namespace, name, patch, fieldManager, ct));

    public Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.ApplyAsync(type, body, fieldManager, ct));

    public Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.ApplyStatusAsync(type, body, fieldManager, ct));

    public Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject => Through(() => inner.DeleteAsync(type, @namespace, name, uid, ct));

    private Task<KubeResult<T>> Through<T>(Func<Task<KubeResult<T>>> call)
        where T : class => _isCut ? Task.FromResult<KubeResult<T>>(new KubeError(KubeErrorKind.Unreachable, "cut off")) : call();
}
