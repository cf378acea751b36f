// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.LeaderElection;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>
/// One run of a <see cref="ControllerManager"/>. Stopping goes backwards: controllers, parts that every process has, caches; then the
/// lease is released, for nothing that it guards is left; servers last, so that a kubelet gets an answer until the end.
/// </summary>
internal sealed class ManagerRun(
    IReadOnlyList<IManagedServer> servers,
    PartGroup caches,
    PartGroup everywhere,
    PartGroup controllers,
    LeaderElector? election,
    (TimeProvider Time, KubeLog? Log) with) : IDisposable
{
    /// <summary>What the release of the lease and the servers get at least, however long the parts took.</summary>
    private static readonly TimeSpan LastTime = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _release = new();
    private readonly Stack<IManagedServer> _listening = new();
    private Task? _electing;
    private int _isOver;

    public async Task StartServersAsync(CancellationToken ct)
    {
        foreach (IManagedServer server in servers)
        {
            await server.StartAsync(ct);
            _listening.Push(server);
        }
    }

    public void StartCaches() => caches.Start(_abort.Token);

    public void StartEverywhere() => everywhere.Start(_abort.Token);

    public void StartControllers() => controllers.Start(_abort.Token);

    /// <summary>Ends at once where there is no election.</summary>
    public async Task WaitForLeadershipAsync(CancellationToken ct)
    {
        if (election is null) return;
        _electing = Task.Run(() => election.RunAsync(_release.Token), CancellationToken.None);
        await WaitForAsync(election.Elected, ct);
    }

    /// <summary>Waits until a part ends, which is a failure, or until cancelled.</summary>
    public Task WaitForEndAsync(CancellationToken ct) => WaitForAsync(Task.Delay(Timeout.InfiniteTimeSpan, ct), ct);

    /// <summary>Waits for something while the parts run; the first failure of a part ends the wait.</summary>
    public async Task WaitForAsync(Task goal, CancellationToken ct)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task cancelled = Task.Delay(Timeout.InfiniteTimeSpan, watching.Token);
        IEnumerable<Task> parts = caches.Running.Concat(everywhere.Running).Concat(controllers.Running);
        Task first = await Task.WhenAny([goal, cancelled, .. _electing is null ? parts : parts.Append(_electing)]);
        await watching.CancelAsync();
        ct.ThrowIfCancellationRequested();
        await first;
    }

    /// <summary>Another process may act already: everything is cut off and nothing is waited for.</summary>
    public void Abort()
    {
        if (Volatile.Read(ref _isOver) == 0) _abort.Cancel();
    }

    /// <summary>Stops what was started, in reverse, all within one time.</summary>
    public async Task StopAsync(TimeSpan gracefulTime)
    {
        long start = with.Time.GetTimestamp();
        await using ITimer overdue = with.Time.CreateTimer(_ => Overdue(), null, gracefulTime, Timeout.InfiniteTimeSpan);
        _ = _electing?.ContinueWith(_ => Abort(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        TimeSpan Left() => gracefulTime - with.Time.GetElapsedTime(start) is var left && left > LastTime ? left : LastTime;

        foreach (PartGroup group in (PartGroup[])[controllers, everywhere, caches])
            await WithinAsync(group.StopAsync(), Left());
        await _release.CancelAsync();
        if (_electing is not null) await WithinAsync(_electing, Left());
        using var cutOff = new CancellationTokenSource(Left(), with.Time);
        while (_listening.TryPop(out IManagedServer? server)) await server.StopAsync(cutOff.Token);
    }

    public void Dispose()
    {
        Volatile.Write(ref _isOver, 1);
        foreach (PartGroup group in (PartGroup[])[controllers, everywhere, caches]) group.Dispose();
        _release.Dispose();
        _abort.Dispose();
    }

    private void Overdue()
    {
        with.Log?.Invoke(KubeLogLevel.Warning, "What still works is cut off: it did not end within its graceful time.");
        Abort();
    }

    /// <summary>Waits for an end, but not for ever: a part that does not listen must not keep the program.</summary>
    private async Task WithinAsync(Task ending, TimeSpan left) =>
        // A part that is cut off at the end of its time gets a moment to end.
        await ending.WaitAsync(left + LastTime, with.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
