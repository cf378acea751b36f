// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Watching;

/// <summary>When a watch sends its next bookmark and when it ends. One timer at a time, kept over many changes.</summary>
internal sealed class WatchClock : IDisposable
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromSeconds(30);

    /// <summary>One bookmark comes this long before a watch ends by its own time limit.</summary>
    private static readonly TimeSpan LastBookmark = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _end;
    private readonly CancellationTokenSource _stop;
    private DateTimeOffset _nextBookmark;
    private Task? _timer;
    private Task<bool>? _change;

    public WatchClock(ListQuery query, TimeProvider time, CancellationToken ct)
    {
        _time = time;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        DateTimeOffset began = time.GetUtcNow();
        _end = began + (query.Timeout > TimeSpan.Zero ? query.Timeout : DefaultTimeout);
        DateTimeOffset first = Earlier(began + BookmarkPeriod, _end - LastBookmark);
        _nextBookmark = query.Bookmarks && first > began ? first : DateTimeOffset.MaxValue;
    }

    public bool IsOver => _time.GetUtcNow() >= _end;

    /// <summary>True when a bookmark is due; the next one is set.</summary>
    public bool TakesBookmark()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now < _nextBookmark)
            return false;
        _nextBookmark = now >= _end - LastBookmark ? DateTimeOffset.MaxValue : Earlier(now + BookmarkPeriod, _end - LastBookmark);
        return true;
    }

    /// <summary>Until there is a change to read or something is due.</summary>
    public async Task WaitAsync(Subscription subscription)
    {
        if (_timer is null or { IsCompleted: true })
        {
            TimeSpan left = Earlier(_nextBookmark, _end) - _time.GetUtcNow();
            _timer = Task.Delay(left < Shortest ? Shortest : left, _time, _stop.Token);
        }

        if (_change is null or { IsCompleted: true })
            _change = subscription.WaitAsync(_stop.Token);
        await await Task.WhenAny(_change, _timer);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
