// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Reads all pages of a list.</summary>
internal sealed class ListPager(ApiCaller caller)
{
    /// <summary>More pages than any cluster has objects for; a server that never ends must not hold us.</summary>
    private const int MaxPages = 10_000;

    public async Task<KubeResult<KubernetesList<T>>> ReadAsync<T>(ResourceType<T> type, ListOptions options, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<string> path = ApiPath.Collection(type, options.Namespace);
        if (!path.IsSuccess) return path.Error;
        int pageSize = PageSize(options);
        KubeResult<KubernetesList<T>> first = await PageAsync(type, options, path.Value, pageSize, null, ct);
        if (!first.IsSuccess || string.IsNullOrEmpty(first.Value.Metadata?.Continue)) return first;

        var items = new List<T>(first.Value.Items);
        string next = first.Value.Metadata.Continue;
        for (int page = 2; page <= MaxPages; page++)
        {
            KubeResult<KubernetesList<T>> more = await PageAsync(type, options, path.Value, pageSize, next, ct);
            // The snapshot of the token is gone: what was read is of no use any more, one request has to bring everything.
            if (more.Error?.Kind == KubeErrorKind.Expired) return await PageAsync(type, options, path.Value, 0, null, ct);
            if (!more.IsSuccess) return more.Error;
            items.AddRange(more.Value.Items);
            string? following = more.Value.Metadata?.Continue;
            if (string.IsNullOrEmpty(following))
                return KubeResult<KubernetesList<T>>.Ok(first.Value with { Items = items, Metadata = new ListMeta { ResourceVersion = first.Value.Metadata.ResourceVersion } });
            if (following == next) break;
            next = following;
        }

        return new KubeError(KubeErrorKind.Malformed, "The list does not end.");
    }

    /// <summary>
    /// An exact version with a limit would mean "exactly that version"; without one it means "not older than", which is
    /// what is wanted and what the server's cache can serve.
    /// </summary>
    private static int PageSize(ListOptions options) => options.ResourceVersion is null or "" or "0" ? options.PageSize : 0;

    private async Task<KubeResult<KubernetesList<T>>> PageAsync<T>(
        ResourceType<T> type, ListOptions options, string path, int limit, string? token, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        // A token carries its version; sending one beside it is refused with 400.
        string? version = token is null && options.ResourceVersion is { Length: > 0 } wanted ? wanted : null;
        string target = ApiPath.WithQuery(
            path,
            ("labelSelector", options.LabelSelector),
            ("fieldSelector", options.FieldSelector),
            ("resourceVersion", version),
            ("limit", ApiPath.Number(limit)),
            ("continue", token));
        KubeResult<KubernetesList<T>> page = await caller.CallAsync(
            new ApiCall(HttpMethod.Get, target, IsIdempotent: true), (body, token2) => JsonSerializer.DeserializeAsync(body, type.ListJson, token2), ct);
        // Go writes an empty list as null.
        return page is { Value: { Items: null } empty } ? KubeResult<KubernetesList<T>>.Ok(empty with { Items = [] }) : page;
    }
}
