// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>What one try to get or keep a lease came to.</summary>
internal enum LeaseTry
{
    /// <summary>It is ours now.</summary>
    Held,

    /// <summary>Another one holds it and its time is not over.</summary>
    HeldByOther,

    /// <summary>The server did not let us write or did not answer; nothing is known.</summary>
    Failed,
}

/// <summary>
/// One candidate's grip on one lease. Every write carries the version that was read, so of two writers one gets a conflict, which
/// is a failed try like any other. Not safe for two callers at a time.
/// </summary>
internal sealed class LeaseLock(IKubernetesClient client, LeaderElectionOptions options, Action<string>? newLeader, TimeProvider time)
{
    private readonly ObservedLease _observed = new(time, options.LeaseDuration);

    /// <summary>Tries once to take or renew the lease.</summary>
    public async Task<LeaseTry> TryHoldAsync(CancellationToken ct)
    {
        // A holder knows what stands there and need not read; when that is wrong the write is refused and the long way decides.
        if (IsOurs && !_observed.IsExpired && await WriteAsync(Take(_observed.Lease!), ct) is null) return LeaseTry.Held;

        KubeResult<Lease> read = await client.GetAsync(BuiltInTypes.Lease, options.Namespace, options.Name, ct);
        if (read.Error is { Kind: KubeErrorKind.NotFound }) return await CreateAsync(ct);
        if (!read.IsSuccess) return LeaseTry.Failed;
        See(read.Value);
        if (_observed.Holder.Length > 0 && !IsOurs && !_observed.IsExpired) return LeaseTry.HeldByOther;
        return await WriteAsync(Take(read.Value), ct) is null ? LeaseTry.Held : LeaseTry.Failed;
    }

    /// <summary>Writes the lease without holder if it is ours; null when that is done or another one has it.</summary>
    public async Task<KubeError?> TryReleaseAsync(CancellationToken ct)
    {
        if (!IsOurs) return null;
        KubeError? refusal = await WriteAsync(LeaseRecord.Released(_observed.Lease!, time.GetUtcNow()), ct);
        if (refusal is not { Kind: KubeErrorKind.Conflict }) return refusal is { Kind: KubeErrorKind.NotFound } ? null : refusal;
        KubeResult<Lease> read = await client.GetAsync(BuiltInTypes.Lease, options.Namespace, options.Name, ct);
        if (read.Error is { Kind: KubeErrorKind.NotFound }) return null;
        if (!read.IsSuccess) return read.Error;
        See(read.Value);
        return IsOurs ? refusal : null;
    }

    private bool IsOurs => _observed.Holder == options.Identity;

    private Lease Take(Lease lease) => LeaseRecord.Taken(lease, options, time.GetUtcNow());

    private async Task<LeaseTry> CreateAsync(CancellationToken ct)
    {
        KubeResult<Lease> created = await client.CreateAsync(BuiltInTypes.Lease, LeaseRecord.New(options, time.GetUtcNow()), ct);
        if (!created.IsSuccess) return LeaseTry.Failed;
        See(created.Value);
        return LeaseTry.Held;
    }

    private async Task<KubeError?> WriteAsync(Lease lease, CancellationToken ct)
    {
        KubeResult<Lease> written = await client.ReplaceAsync(BuiltInTypes.Lease, lease, ct);
        if (written.IsSuccess) See(written.Value);
        return written.Error;
    }

    private void See(Lease lease)
    {
        if (_observed.Update(lease) && _observed.Holder.Length > 0) newLeader?.Invoke(_observed.HolderText);
    }
}
