// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// Follows a resource: list, then watch from the list's version, and again from the list when the server has forgotten that
/// version. The steps are those of client-go's reflector, since servers are tried against it.
/// </summary>
internal sealed class Reflector<T>(IKubernetesClient client, ResourceType<T> type, InformerOptions<T> options, IReflectorSink<T> sink, TimeProvider time)
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VeryShort = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestServerWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan InternalErrorsUntilList = TimeSpan.FromMinutes(1);

    private readonly Backoff _backoff = new(time, options.Jitter);
    private string? _version;
    private long? _internalErrorsSince;

    private enum Next
    {
        Watch,
        WaitAndWatch,
        WaitAndList,
    }

    /// <summary>Runs until it is cancelled; failures of the server only make it wait.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        // The first list may be old: the watch that follows brings what is missing.
        string? listVersion = "0";
        while (true)
        {
            KubeResult<KubernetesList<T>> list = await client.ListAsync(type, ListOptions(listVersion), ct);
            if (list.IsSuccess)
            {
                sink.Replace(list.Value.Items);
                _version = list.Value.Metadata?.ResourceVersion ?? string.Empty;
                TimeSpan? asked = await WatchUntilListAsync(ct);
                listVersion = _version;
                await WaitAsync(asked, ct);
                continue;
            }

            Log(KubeLogLevel.Warning, $"cannot be listed: {list.Error.Kind}: {list.Error.Message}");
            // The server does not know that version any more, or not yet: only the most recent state will do.
            if (list.Error.Kind is KubeErrorKind.Expired or KubeErrorKind.ResourceVersionTooLarge) listVersion = null;
            await WaitAsync(list.Error.RetryAfter, ct);
        }
    }

    private async Task<TimeSpan?> WatchUntilListAsync(CancellationToken ct)
    {
        while (true)
        {
            (Next next, TimeSpan? asked) = await WatchOnceAsync(ct);
            if (next == Next.WaitAndList) return asked;
            if (next == Next.WaitAndWatch) await WaitAsync(asked, ct);
        }
    }

    private async Task<(Next Next, TimeSpan? Asked)> WatchOnceAsync(CancellationToken ct)
    {
        long start = time.GetTimestamp();
        bool any = false;
        // From "" or "0" the server first sends what exists, in no order of versions.
        bool ordered = _version is not ("" or "0");
        await foreach (WatchEvent<T> frame in client.WatchAsync(type, WatchOptions(), ct))
        {
            if (frame.Type == WatchEventType.Error) return (AfterError(frame.Error), frame.Error?.RetryAfter);
            if (frame.Type == WatchEventType.Unknown) continue;
            any = true;
            _internalErrorsSince = null;
            Deliver(frame);
            ordered |= frame.Type != WatchEventType.Added;
            if (ordered && !string.IsNullOrEmpty(frame.ResourceVersion)) _version = frame.ResourceVersion;
        }

        if (time.GetElapsedTime(start) >= VeryShort) return (Next.Watch, null);
        if (any) return (Next.WaitAndWatch, null);
        Log(KubeLogLevel.Warning, "had a watch that ended at once without an event");
        return (Next.WaitAndList, null);
    }

    private void Deliver(WatchEvent<T> frame)
    {
        if (frame.Object is null) return;
        if (frame.Type == WatchEventType.Deleted) sink.Remove(frame.Object);
        else sink.Set(frame.Object);
    }

    private Next AfterError(KubeError? error)
    {
        switch (error)
        {
            case { Kind: KubeErrorKind.Expired }:
                Log(KubeLogLevel.Debug, "is listed again: the server has forgotten our version");
                return Next.WaitAndList;
            case { Kind: KubeErrorKind.Unreachable or KubeErrorKind.TooManyRequests }:
                Log(KubeLogLevel.Warning, $"lost its watch: {error.Message}");
                return Next.WaitAndWatch;
            case { Status.Reason: StatusReason.InternalError }:
                _internalErrorsSince ??= time.GetTimestamp();
                Log(KubeLogLevel.Warning, $"lost its watch: {error.Message}");
                return time.GetElapsedTime(_internalErrorsSince.Value) < InternalErrorsUntilList ? Next.WaitAndWatch : Next.WaitAndList;
            default:
                Log(KubeLogLevel.Warning, $"cannot be watched: {error?.Kind}: {error?.Message}");
                return Next.WaitAndList;
        }
    }

    private Task WaitAsync(TimeSpan? asked, CancellationToken ct)
    {
        TimeSpan wait = _backoff.Next();
        if (asked is { } server && server > wait) wait = server < LongestServerWait ? server : LongestServerWait;
        return Task.Delay(wait, time, ct);
    }

    private ListOptions ListOptions(string? version) => new()
    {
        Namespace = options.Namespace,
        LabelSelector = options.LabelSelector,
        FieldSelector = options.FieldSelector,
        ResourceVersion = version,
    };

    private WatchOptions WatchOptions() => new()
    {
        Namespace = options.Namespace,
        LabelSelector = options.LabelSelector,
        FieldSelector = options.FieldSelector,
        ResourceVersion = _version ?? string.Empty,
        Timeout = ShortestTimeout * (1 + options.Jitter()),
    };

    private void Log(KubeLogLevel level, string what) => options.Log?.Invoke(level, $"{type.Plural} {what}");
}
