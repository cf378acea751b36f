// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Reads all pages of a list.</summary>
internal sealed class ListPager(ApiCaller caller, KubernetesClientOptions clientOptions)
{
    /// <summary>More pages than any cluster has objects for; a server that never ends must not hold us.</summary>
    private const int MaxPages = 10_000;

    /// <summary>Gives every object to the receiver; the metadata is that of the list as a whole.</summary>
    public async Task<KubeResult<ListMeta>> ReadAsync<T>(ResourceType<T> type, ListOptions options, IListReceiver<T> into, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        KubeResult<string> path = ApiPath.Collection(type, options.Namespace);
        if (!path.IsSuccess) return path.Error;
        int pageSize = PageSize(options);
        KubeResult<ListMeta> first = await PageAsync(type, Target(options, path.Value, pageSize, null), into, ct);
        if (!first.IsSuccess || string.IsNullOrEmpty(first.Value.Continue)) return first;

        string next = first.Value.Continue;
        for (int page = 2; page <= MaxPages; page++)
        {
            KubeResult<ListMeta> more = await PageAsync(type, Target(options, path.Value, pageSize, next), into, ct);
            if (more.Error?.Kind == KubeErrorKind.Expired)
            {
                // The snapshot of the token is gone: what was read is of no use any more, one request has to bring everything.
                into.Restart();
                return await PageAsync(type, Target(options, path.Value, 0, null), into, ct);
            }

            if (!more.IsSuccess) return more.Error;
            string? following = more.Value.Continue;
            if (string.IsNullOrEmpty(following)) return KubeResult<ListMeta>.Ok(new ListMeta { ResourceVersion = first.Value.ResourceVersion });
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

    private static string Target(ListOptions options, string path, int limit, string? token) => ApiPath.WithQuery(
        path,
        ("labelSelector", options.LabelSelector),
        ("fieldSelector", options.FieldSelector),
        // A token carries its version; sending one beside it is refused with 400.
        ("resourceVersion", token is null && options.ResourceVersion is { Length: > 0 } wanted ? wanted : null),
        ("limit", ApiPath.Number(limit)),
        ("continue", token));

    private async Task<KubeResult<ListMeta>> PageAsync<T>(ResourceType<T> type, string target, IListReceiver<T> into, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var reader = new ListPageReader<T>(type, into, clientOptions.MaxWatchLineBytes);
        KubeResult<ListMeta> page = await caller.CallAsync(
            new ApiCall(HttpMethod.Get, target, IsIdempotent: true) { MaxBodyBytes = clientOptions.MaxListBytes }, reader.ReadAsync, ct);
        if (reader.Skipped == 0) return page;
        // One line a page: a thousand broken objects are one piece of news.
        clientOptions.Log?.Invoke(KubeLogLevel.Warning, $"List of {type.Plural}: {reader.Skipped} objects cannot be read and are skipped, the first is {reader.FirstProblem}");
        clientOptions.Metrics?.Skipped(type.Plural, reader.Skipped);
        return page;
    }
}
