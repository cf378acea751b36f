// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;

namespace KubeWgDiag.EmbeddedApiServer.Watching;

/// <summary>
/// A watch as a stream of frames. It keeps no queue: it remembers a revision and reads the store's window after each change, so a slow
/// reader costs nothing and falls out with 410 when the window has moved on.
/// </summary>
internal sealed class Watcher(ObjectStore store, TimeProvider time)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromSeconds(30);

    /// <summary>One bookmark comes this long before a watch ends by its own time limit.</summary>
    private static readonly TimeSpan LastBookmark = TimeSpan.FromSeconds(2);

    /// <summary>Checks what must be answered before the stream begins.</summary>
    public static ApiError? Check(ListQuery query) =>
        query.Version.Length == 0 || long.TryParse(query.Version, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : new ApiError(500, "", $"resourceVersion: Invalid value: \"{query.Version}\": strconv.ParseUint: parsing \"{query.Version}\": invalid syntax");

    public async IAsyncEnumerable<IReadOnlyList<WatchFrame>> RunAsync(Target target, ListQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        string storage = target.Resource.Storage;
        long from = query.Version.Length == 0 ? 0 : long.Parse(query.Version, CultureInfo.InvariantCulture);
        DateTimeOffset began = time.GetUtcNow();
        DateTimeOffset end = began + (query.Timeout > TimeSpan.Zero ? query.Timeout : DefaultTimeout);
        DateTimeOffset nextBookmark = Earlier(began + BookmarkPeriod, end - LastBookmark);
        long position = from;
        if (query.SendInitialEvents || from == 0)
        {
            (IReadOnlyList<WatchFrame> initial, position) = Initial(target, query);
            yield return initial;
        }

        while (true)
        {
            Task changed = store.NextChange;
            if (store.ChangesAfter(storage, position) is not { } changes)
            {
                yield return [WatchFrame.Failure(ApiError.Expired($"too old resource version: {position} ({store.OldestRevision(storage)})"))];
                yield break;
            }

            List<WatchFrame> frames = [.. changes.Select(change => Frame(change, target, query)).OfType<WatchFrame>()];
            position = changes.Count > 0 ? changes[^1].Revision : position;
            DateTimeOffset now = time.GetUtcNow();
            bool isOver = now >= end;
            if (query.Bookmarks && now >= nextBookmark && nextBookmark > began && position <= store.Revision)
            {
                frames.Add(WatchFrame.Bookmark(target.Resource, position, endsInitialEvents: false));
                nextBookmark = now >= end - LastBookmark ? DateTimeOffset.MaxValue : Earlier(now + BookmarkPeriod, end - LastBookmark);
            }

            if (frames.Count > 0)
                yield return frames;
            if (isOver)
                yield break;
            await WaitAsync(changed, (query.Bookmarks && nextBookmark > now ? Earlier(nextBookmark, end) : end) - now, ct);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;

    private (IReadOnlyList<WatchFrame> Frames, long Revision) Initial(Target target, ListQuery query)
    {
        (IReadOnlyList<StoredObject> items, long revision) = store.List(target.Resource.Storage, target.Namespace);
        List<WatchFrame> frames = [.. items.Where(query.Matches).Select(item => WatchFrame.Of("ADDED", item))];
        if (query is { SendInitialEvents: true, Bookmarks: true })
            frames.Add(WatchFrame.Bookmark(target.Resource, revision, endsInitialEvents: true));
        return (frames, revision);
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

    private async Task WaitAsync(Task changed, TimeSpan limit, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(changed, Task.Delay(limit < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : limit, time, timer.Token));
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
