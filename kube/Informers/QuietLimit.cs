// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Kube.Informers;

/// <summary>
/// Ends a streaming list that brings nothing more and never says that this was all, e.g. behind a proxy that swallows
/// bookmarks. A server whose watch cache is behind sends its mark late, but within seconds.
/// </summary>
internal sealed class QuietLimit : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _outer;

    public QuietLimit(TimeProvider time, CancellationToken ct)
    {
        _outer = ct;
        _timer = new CancellationTokenSource(Longest, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(ct, _timer.Token);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>It was this limit that ended the stream.</summary>
    public bool IsOver => _timer.IsCancellationRequested && !_outer.IsCancellationRequested;

    public void Heard() => _timer.CancelAfter(Longest);

    /// <summary>From here on the stream may be quiet.</summary>
    public void Lift() => _timer.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _both.Dispose();
        _timer.Dispose();
    }
}
