// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// The verbs of the API that this project uses. Expected refusals (not found, conflict, forbidden ...) are values of
/// <see cref="KubeResult{T}"/>; exceptions are for what nobody can decide on: cancellation and programming errors.
/// </summary>
public interface IKubernetesClient
{
    Task<KubeResult<T>> GetAsync<T>(ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Reads all pages. A continue token that expires leads to one full list without limit.</summary>
    Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Opens a watch. The stream ends when the server ends it; an error frame is an event of its own.</summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, WatchOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    Task<KubeResult<T>> CreateAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Server-side apply of the whole intent of one field manager, with force.</summary>
    Task<KubeResult<T>> ApplyAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Server-side apply to the status subresource, with force; NotFound when the object is gone.</summary>
    Task<KubeResult<T>> ApplyStatusAsync<T>(ResourceType<T> type, T body, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Deletes; absence is a success. With a uid, only that very object.</summary>
    Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject;
}
