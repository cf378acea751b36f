// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>Waits by watch until objects are as they should be; the limit suits a slow cluster and ends a test with what was seen last.</summary>
internal static class Waiting
{
    /// <summary>Longest wait for anything; a test that waits for a pod on a real node needs the most.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for one object; the condition is given null while it is absent.</summary>
    public static async Task<T?> UntilAsync<T>(
        this IKubernetesClient client, ResourceType<T> type, string? @namespace, string name, Func<T?, bool> done, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var options = new ListOptions { Namespace = @namespace, FieldSelector = $"metadata.name={name}" };
        var last = await client.UntilAllAsync(type, options, items => done(items.Count == 0 ? null : items[0]), ct);
        return last.Count == 0 ? null : last[0];
    }

    /// <summary>Waits for all objects that a selection finds.</summary>
    public static async Task<IReadOnlyList<T>> UntilAllAsync<T>(
        this IKubernetesClient client, ResourceType<T> type, ListOptions options, Func<IReadOnlyList<T>, bool> done, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        using var limit = new CancellationTokenSource(Limit);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        IReadOnlyList<T> last = [];
        try
        {
            while (true)
            {
                var list = await client.ListAsync(type, options, both.Token);
                if (list.IsSuccess && await FollowAsync(client, type, options, list.Value, items => done(last = items), both.Token)) return last;
                await Task.Delay(Pause, both.Token);
            }
        }
        catch (OperationCanceledException cut) when (limit.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            var seen = string.Join('\n', last.Select(item => JsonSerializer.Serialize(item, type.Json)));
            throw new TimeoutException($"{type.Plural} ({options.FieldSelector}{options.LabelSelector}) did not become as expected within {Limit}; last seen: {seen}", cut);
        }
    }

    /// <summary>Waits until an object is gone.</summary>
    public static Task UntilGoneAsync<T>(this IKubernetesClient client, ResourceType<T> type, string? @namespace, string name, CancellationToken ct)
        where T : class, IKubernetesObject => client.UntilAsync(type, @namespace, name, item => item is null, ct);

    private static async Task<bool> FollowAsync<T>(
        IKubernetesClient client, ResourceType<T> type, ListOptions options, KubernetesList<T> list, Func<IReadOnlyList<T>, bool> done, CancellationToken ct)
        where T : class, IKubernetesObject
    {
        var items = list.Items.ToDictionary(item => item.Metadata.Uid!);
        if (done([.. items.Values])) return true;
        var watch = new WatchOptions
        {
            Namespace = options.Namespace,
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            ResourceVersion = list.Metadata.ResourceVersion!,
            Timeout = TimeSpan.FromMinutes(1),
        };
        await foreach (var frame in client.WatchAsync(type, watch, ct))
        {
            if (frame.Type == WatchEventType.Error) return false;
            if (frame.Object is not { } item) continue;
            if (frame.Type == WatchEventType.Deleted) items.Remove(item.Metadata.Uid!);
            else items[item.Metadata.Uid!] = item;
            if (done([.. items.Values])) return true;
        }

        return false;
    }
}
