// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>
/// Keeps at most one of several processes at work by a <c>coordination.k8s.io/v1</c> Lease, by the rules of client-go's
/// leaderelection. Clocks of different machines are never compared. This is no fence: a process that was paused may believe for
/// a moment that it leads, so writes have to be safe by their own preconditions too.
/// </summary>
public sealed class LeaderElector
{
    private readonly LeaderElectionOptions _options;
    private readonly LeaderCallbacks _callbacks;
    private readonly TimeProvider _time;
    private readonly Func<double> _jitter;
    private readonly LeaseLock _lease;
    private readonly TaskCompletionSource _elected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the last renewal that succeeded was begun; 0 while we do not lead.</summary>
    private long _renewedAt;

    /// <summary>Prepares; <see cref="RunAsync"/> starts.</summary>
    /// <param name="client">Reads and writes the lease.</param>
    /// <param name="options">Which lease, and the times.</param>
    /// <param name="callbacks">Who wants to know.</param>
    /// <param name="time">Clock of all waits.</param>
    /// <param name="jitter">Numbers in [0, 1) that keep candidates from trying at the same moment.</param>
    /// <exception cref="ArgumentException">The options have <see cref="LeaderElectionOptions.Faults"/>.</exception>
    public LeaderElector(IKubernetesClient client, LeaderElectionOptions options, LeaderCallbacks callbacks, TimeProvider time, Func<double>? jitter = null)
    {
        if (options.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        (_options, _callbacks, _time, _jitter) = (options, callbacks, time, jitter ?? SystemJitter.Next);
        _lease = new LeaseLock(client, options, callbacks.NewLeader, time);
    }

    /// <summary>Ends when this process leads; never when it does not come to that.</summary>
    public Task Elected => _elected.Task;

    /// <summary>
    /// Whether nobody else can have taken over yet, by the local clock: false as soon as the lease's time has passed without a
    /// renewal, also before the loop has noticed. To be asked before what cannot be undone.
    /// </summary>
    public bool IsLeader => SinceRenewal() is { } since && since < _options.LeaseDuration;

    /// <summary>False when this process believes it leads but has not renewed for the lease's duration and the tolerance: its loop hangs.</summary>
    public bool IsHealthy => SinceRenewal() is not { } since || since <= _options.LeaseDuration + _options.HealthTolerance;

    /// <summary>
    /// Waits for leadership, keeps it until it is cancelled, and then releases the lease. Whoever cancels has ended the guarded
    /// work before, for another process begins as soon as the lease is free.
    /// </summary>
    /// <exception cref="LeadershipLostException">The lease was lost; the process has to end without any grace.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            if (!await AcquireAsync(ct)) return;
            if (!ct.IsCancellationRequested)
            {
                _elected.TrySetResult();
                _callbacks.StartedLeading?.Invoke();
                await RenewAsync(ct);
            }

            await ReleaseAsync();
        }
        finally
        {
            Volatile.Write(ref _renewedAt, 0);
            _callbacks.StoppedLeading?.Invoke();
        }
    }

    private async Task<bool> AcquireAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (await TryAsync(_options.RenewDeadline / 2) == LeaseTry.Held) return true;
            await WaitAsync(_options.RetryPeriod * (1 + (LeaderElectionOptions.JitterFactor * _jitter())), ct);
        }

        return false;
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        while (true)
        {
            await WaitAsync(Shorter(_options.RetryPeriod, UntilDeadline()), ct);
            if (ct.IsCancellationRequested) return;
            TimeSpan left = UntilDeadline();
            if (left <= TimeSpan.Zero) throw new LeadershipLostException($"The lease {Name} was not renewed within {_options.RenewDeadline.TotalSeconds} s.");
            // Half of the time, so that a connection that hangs leaves time for another try.
            if (await TryAsync(Shorter(_options.RenewDeadline / 2, left)) == LeaseTry.HeldByOther)
                throw new LeadershipLostException($"The lease {Name} was taken by another process.");
        }
    }

    /// <summary>Tries once. Stopping does not cut it off, for its success could go unnoticed and the lease stay taken.</summary>
    private async Task<LeaseTry> TryAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, _time);
        // From before the request: that is the latest moment at which others count from an earlier state.
        long begun = _time.GetTimestamp();
        try
        {
            LeaseTry result = await _lease.TryHoldAsync(timeout.Token);
            if (result == LeaseTry.Held) Volatile.Write(ref _renewedAt, Math.Max(1, begun));
            return result;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return LeaseTry.Failed;
        }
    }

    /// <summary>Frees the lease, best effort: when it does not succeed others wait until the lease is over.</summary>
    private async Task ReleaseAsync()
    {
        using var limit = new CancellationTokenSource(_options.RenewDeadline, _time);
        try
        {
            while (await _lease.TryReleaseAsync(limit.Token) is { Kind: KubeErrorKind.Conflict or KubeErrorKind.Unreachable or KubeErrorKind.ServerError })
                await Task.Delay(_options.RetryPeriod / 10, _time, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The lease ends by itself.
        }
    }

    private string Name => $"{_options.Namespace}/{_options.Name}";

    private TimeSpan UntilDeadline() => _options.RenewDeadline - (SinceRenewal() ?? TimeSpan.Zero);

    private TimeSpan? SinceRenewal()
    {
        long renewed = Volatile.Read(ref _renewedAt);
        return renewed == 0 ? null : _time.GetElapsedTime(renewed);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        if (wait <= TimeSpan.Zero) return;
        await Task.Delay(wait, _time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
