// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// Follows a resource: reads everything, then watches from there, and reads everything again when the server has forgotten where
/// we were. Everything is read as a streaming list where the server has it, else as a list. The steps are those of client-go's
/// reflector, since servers are tried against it.
/// </summary>
internal sealed class Reflector<T>(IKubernetesClient client, ResourceType<T> type, InformerOptions<T> options, IReflectorSink<T> sink, TimeProvider time)
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VeryShort = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan InternalErrorsUntilList = TimeSpan.FromMinutes(1);

    private readonly ReflectorWaits _waits = new(time, options.Jitter, options.LongestOutageWait);
    private readonly ObjectIntake<T> _intake = new(options, type.Plural);
    private readonly StreamingListChoice _streaming = new(options.StreamingList);
    private string? _version;
    private string? _readFrom = "0";
    private long? _internalErrorsSince;

    /// <summary>Runs until it is cancelled; failures of the server only make it wait.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        Turn turn = Turn.ReadNow;
        while (true)
        {
            await _waits.WaitAsync(turn, ct);
            if (!turn.ReadAll) turn = await WatchAsync(WatchOptions(), ct);
            else turn = _streaming.IsWanted ? await StreamAsync(ct) : await ListAsync(ct);
            // A watch that has to be given up knows a version; a list that is refused keeps what it asked for.
            if (turn.ReadAll && _version is not null) (_readFrom, _version) = (_version, null);
        }
    }

    private async Task<Turn> ListAsync(CancellationToken ct)
    {
        var all = new Snapshot<T>(_intake);
        // The first list may be old: the watch that follows brings what is missing.
        KubeResult<ListMeta> list = await client.ListIntoAsync(type, ListOptions(_readFrom), all, ct);
        if (!list.IsSuccess)
        {
            Log(KubeLogLevel.Warning, $"cannot be listed: {list.Error.Kind}: {list.Error.Message}");
            return AfterRefusedRead(list.Error);
        }

        _streaming.Listed();
        sink.Replace(all);
        _version = list.Value.ResourceVersion ?? string.Empty;
        return Turn.WatchNow;
    }

    private async Task<Turn> StreamAsync(CancellationToken ct)
    {
        using var quiet = new QuietLimit(time, ct);
        var stream = new InitialStream<T>(_intake, quiet);
        WatchOptions watch = WatchOptions() with { SendInitialEvents = true, ResourceVersion = _readFrom is null or "0" ? string.Empty : _readFrom };
        try
        {
            return await WatchAsync(watch, quiet.Token, stream);
        }
        catch (OperationCanceledException) when (quiet.IsOver)
        {
            Log(KubeLogLevel.Warning, "had a streaming list without an end; it is listed in pages");
            _streaming.LeaveOnce();
            return Turn.ReadNow;
        }
    }

    /// <summary>One watch until it ends; with <paramref name="initial"/> it begins with everything that exists.</summary>
    private async Task<Turn> WatchAsync(WatchOptions watch, CancellationToken ct, InitialStream<T>? initial = null)
    {
        long start = time.GetTimestamp();
        bool any = false;
        // From "" or "0" the server first sends what exists, in no order of versions.
        bool ordered = watch.ResourceVersion is not ("" or "0");
        await foreach (WatchEvent<T> frame in client.WatchAsync(type, watch, ct))
        {
            if (frame.Type == WatchEventType.Error) return initial is null ? AfterError(frame.Error) : AfterStreamError(frame.Error, any);
            if (frame.Type == WatchEventType.Unknown)
            {
                initial?.Skip(frame);
                continue;
            }

            any = true;
            _internalErrorsSince = null;
            if (initial is not null)
            {
                if (!initial.Take(frame)) continue;
                sink.Replace(initial.All);
                _streaming.Streamed();
                (initial, ordered) = (null, true);
            }
            else
            {
                Deliver(frame);
            }

            ordered |= frame.Type != WatchEventType.Added;
            if (ordered && !string.IsNullOrEmpty(frame.ResourceVersion)) _version = frame.ResourceVersion;
        }

        if (initial is not null) return AfterCutStream();
        if (time.GetElapsedTime(start) >= VeryShort) return Turn.WatchNow;
        if (any) return new Turn(ReadAll: false, Pause.Refused);
        Log(KubeLogLevel.Warning, "had a watch that ended at once without an event");
        return new Turn(ReadAll: true, Pause.Refused);
    }

    private void Deliver(WatchEvent<T> frame)
    {
        if (frame.Type == WatchEventType.Bookmark) return;
        if ((frame.Object is { } read ? ObjectIntake<T>.KeyOf(read) : frame.Key) is not { } key) return;
        T? trimmed = frame.Object is { } item ? _intake.Trim(item) : null;
        if (frame.Type == WatchEventType.Deleted) sink.Remove(key, trimmed);
        else if (trimmed is not null) sink.Set(key, trimmed);
    }

    private Turn AfterError(KubeError? error)
    {
        switch (error)
        {
            case { Kind: KubeErrorKind.Expired }:
                Log(KubeLogLevel.Debug, "is read again: the server has forgotten our version");
                return new Turn(ReadAll: true, Pause.Refused, error.RetryAfter);
            case { Kind: KubeErrorKind.Unreachable }:
                Log(KubeLogLevel.Warning, $"lost its watch: {error.Message}");
                return new Turn(ReadAll: false, Pause.Outage);
            case { Kind: KubeErrorKind.TooManyRequests }:
                Log(KubeLogLevel.Warning, $"lost its watch: {error.Message}");
                return new Turn(ReadAll: false, Pause.Refused, error.RetryAfter);
            case { Status.Reason: StatusReason.InternalError }:
                _internalErrorsSince ??= time.GetTimestamp();
                Log(KubeLogLevel.Warning, $"lost its watch: {error.Message}");
                return new Turn(time.GetElapsedTime(_internalErrorsSince.Value) >= InternalErrorsUntilList, Pause.Refused, error.RetryAfter);
            default:
                Log(KubeLogLevel.Warning, $"cannot be watched: {error?.Kind}: {error?.Message}");
                return new Turn(ReadAll: true, Pause.Refused, error?.RetryAfter);
        }
    }

    private Turn AfterStreamError(KubeError? error, bool any)
    {
        if (error is null) return AfterCutStream();
        if (error.Kind == KubeErrorKind.Unreachable && any) return AfterCutStream();
        if (error.Kind is KubeErrorKind.Unreachable or KubeErrorKind.TooManyRequests or KubeErrorKind.Expired or KubeErrorKind.ResourceVersionTooLarge)
        {
            Log(KubeLogLevel.Warning, $"cannot be streamed: {error.Kind}: {error.Message}");
            return AfterRefusedRead(error);
        }

        // Invalid is how a server says that it does not know streaming lists; whatever else it is, a list may fare better.
        Log(KubeLogLevel.Debug, $"cannot be streamed and is listed: {error.Kind}: {error.Message}");
        if (error.Kind == KubeErrorKind.Invalid) _streaming.LeaveForGood();
        else _streaming.LeaveOnce();
        return Turn.ReadNow;
    }

    private Turn AfterCutStream()
    {
        Log(KubeLogLevel.Warning, "had a streaming list that was cut; what it brought is thrown away");
        _streaming.Cut();
        return new Turn(ReadAll: true, Pause.Outage);
    }

    private Turn AfterRefusedRead(KubeError error)
    {
        // The server does not know that version any more, or not yet: only the most recent state will do.
        if (error.Kind is KubeErrorKind.Expired or KubeErrorKind.ResourceVersionTooLarge) _readFrom = null;
        return new Turn(ReadAll: true, error.Kind == KubeErrorKind.Unreachable ? Pause.Outage : Pause.Refused, error.RetryAfter);
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
