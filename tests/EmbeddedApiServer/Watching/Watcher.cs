// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;

namespace KubeWgDiag.EmbeddedApiServer.Watching;

/// <summary>A watch as a stream of frames: what it missed, then every change that fits, bookmarks, and an end by time or with 410.</summary>
internal sealed class Watcher(ObjectStore store, TimeProvider time)
{
    /// <summary>Frames made at a time, so that a large burst is on its way while the rest is still being made.</summary>
    private const int MostAtOnce = 256;

    /// <summary>Checks what must be answered before the stream begins.</summary>
    public ApiError? Check(ListQuery query)
    {
        if (query.Version.Length == 0)
            return null;
        if (!long.TryParse(query.Version, NumberStyles.None, CultureInfo.InvariantCulture, out long wanted))
            return new ApiError(500, "", $"resourceVersion: Invalid value: \"{query.Version}\": strconv.ParseUint: parsing \"{query.Version}\": invalid syntax");
        // A plain watch may wait for a version to come; a streaming list has to be as new as that now.
        return query.SendInitialEvents && wanted > store.Revision ? ApiError.TooLargeVersion(wanted, store.Revision) : null;
    }

    public async IAsyncEnumerable<IReadOnlyList<WatchFrame>> RunAsync(Target target, ListQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        string storage = target.Resource.Storage;
        long from = query.Version.Length == 0 ? 0 : long.Parse(query.Version, CultureInfo.InvariantCulture);
        bool showsAll = query.SendInitialEvents || from == 0;
        WatchStart start = store.Watch(storage, target.Namespace, showsAll ? null : from, query.Fields.Only);
        using var clock = new WatchClock(query, time, ct);
        try
        {
            if (start.Missed is null)
            {
                yield return [WatchFrame.Failure(ApiError.Expired($"too old resource version: {from} ({start.Oldest})"))];
                yield break;
            }

            if (showsAll)
                yield return Initial(start, target, query);
            IReadOnlyList<StoreEvent> changes = start.Missed;
            while (true)
            {
                List<WatchFrame> frames = [.. changes.Where(change => change.Revision > from).Select(change => Frame(change, target, query)).OfType<WatchFrame>()];
                if (clock.TakesBookmark() && store.ReadUpTo(start.Subscription) is { } revision && revision >= from)
                    frames.Add(WatchFrame.Bookmark(target.Resource, revision, endsInitialEvents: false));
                bool isExpired = start.Subscription is { IsExpired: true, IsEmpty: true };
                if (isExpired)
                    frames.Add(WatchFrame.Failure(ApiError.Expired("the watch fell too far behind or was expired")));
                if (frames.Count > 0)
                    yield return frames;
                if (isExpired || clock.IsOver)
                    yield break;
                await clock.WaitAsync(start.Subscription);
                changes = start.Subscription.Take(MostAtOnce);
            }
        }
        finally
        {
            store.EndWatch(storage, start.Subscription);
        }
    }

    private static List<WatchFrame> Initial(WatchStart start, Target target, ListQuery query)
    {
        List<WatchFrame> frames = [.. start.Items.Where(query.Matches).Select(item => WatchFrame.Of("ADDED", item))];
        if (query is { SendInitialEvents: true, Bookmarks: true })
            frames.Add(WatchFrame.Bookmark(target.Resource, start.Revision, endsInitialEvents: true));
        return frames;
    }

    /// <summary>What a change is for this selection: an object can enter it and leave it without being created or deleted.</summary>
    private static WatchFrame? Frame(StoreEvent change, Target target, ListQuery query)
    {
        if (target.Namespace.Length > 0 && change.Latest.Namespace != target.Namespace)
            return null;
        bool was = change.Before is not null && query.Matches(change.Before);
        bool isNow = change.After is not null && query.Matches(change.After);
        return (was, isNow) switch
        {
            (false, true) => WatchFrame.Of("ADDED", change.After!),
            (true, true) => WatchFrame.Of("MODIFIED", change.After!),
            (true, false) when change.After is null => WatchFrame.Of("DELETED", change.Latest),
            (true, false) => WatchFrame.Of("DELETED", WithRevision(change.Before!, change.Revision)),
            _ => null,
        };
    }

    private static StoredObject WithRevision(StoredObject item, long revision)
    {
        JsonObject body = item.Thaw();
        body.Metadata()["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(body, revision);
    }
}
