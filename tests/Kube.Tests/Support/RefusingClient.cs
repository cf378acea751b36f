// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>A client without any verb; a test's client adds those that it is about.</summary>
internal abstract class RefusingClient : IKubernetesClient
{
    public virtual Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();

    public virtual Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject => throw new NotSupportedException();
}
