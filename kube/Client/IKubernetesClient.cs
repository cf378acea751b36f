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

    /// <summary>Reads all pages; an object that cannot be read is left out and counted. A continue token that expires leads to one full list without limit.</summary>
    Task<KubeResult<KubernetesList<T>>> ListAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>
    /// Reads all pages and gives the objects away one by one; the result is the list's metadata. After an error what was given
    /// does not count. A client that cannot stream reads the list as a whole.
    /// </summary>
    async Task<KubeResult<ListMeta>> ListIntoAsync<T>(ResourceType<T> type, ListOptions options, IListReceiver<T> into, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<KubernetesList<T>> list = await ListAsync(type, options, ct);
        if (!list.IsSuccess) return list.Error;
        foreach (T item in list.Value.Items) into.Add(item);
        return KubeResult<ListMeta>.Ok(list.Value.Metadata ?? new ListMeta());
    }

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

    /// <summary>
    /// Writes the whole object over the one that was read (PUT). The body carries the resourceVersion it was read with: Conflict when
    /// the object has changed since, Invalid when it carries none, NotFound when the object is gone.
    /// </summary>
    Task<KubeResult<T>> ReplaceAsync<T>(ResourceType<T> type, T body, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Changes single fields (JSON merge patch, RFC 7396: null removes a field, a list is replaced as a whole).</summary>
    /// <param name="type">The resource.</param>
    /// <param name="namespace">Null for a cluster-scoped object.</param>
    /// <param name="name">Name of the object; NotFound when there is none.</param>
    /// <param name="patch">The JSON of the patch; with <c>metadata.resourceVersion</c> in it a later change is a Conflict.</param>
    /// <param name="fieldManager">Who the changed fields belong to from now on; 1 to 128 characters.</param>
    /// <param name="ct">Ends the call.</param>
    Task<KubeResult<T>> MergePatchAsync<T>(ResourceType<T> type, string? @namespace, string name, ReadOnlyMemory<byte> patch, string fieldManager, CancellationToken ct)
        where T : class, IKubernetesObject;

    /// <summary>Deletes; absence is a success. With a uid, only that very object.</summary>
    Task<KubeResult<Status>> DeleteAsync<T>(ResourceType<T> type, string? @namespace, string name, string? uid, CancellationToken ct)
        where T : class, IKubernetesObject;
}
