// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>
/// The lease as it was last seen, and when its record changed by this process' own monotonic clock. The times inside a lease are
/// other machines' clocks and decide nothing.
/// </summary>
internal sealed class ObservedLease(TimeProvider time, TimeSpan assumedDuration)
{
    private const int MaxHolderText = 128;

    private long _changedAt = time.GetTimestamp();

    /// <summary>The lease with the resourceVersion to write over; null before one was seen.</summary>
    public Lease? Lease { get; private set; }

    /// <summary>Empty = nobody.</summary>
    public string Holder => Lease?.Spec?.HolderIdentity ?? "";

    /// <summary>The holder as it may stand in a log: anybody who can write the lease has chosen it.</summary>
    public string HolderText
    {
        get
        {
            string cut = Holder.Length <= MaxHolderText ? Holder : Holder[..MaxHolderText];
            return string.Create(cut.Length, cut, static (text, source) =>
            {
                for (int i = 0; i < source.Length; i++) text[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '?' : source[i];
            });
        }
    }

    /// <summary>Whether the holder has let its time pass without a change that we saw.</summary>
    public bool IsExpired => time.GetElapsedTime(_changedAt) >= Duration;

    // The API takes no duration below 1. A lease that has none says nothing about how long its holder feels safe, so we wait as long as we would ourselves.
    private TimeSpan Duration => Lease?.Spec?.LeaseDurationSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : assumedDuration;

    /// <summary>Takes what was read or written.</summary>
    /// <param name="lease">The server's answer.</param>
    /// <returns>Whether the holder is another one than before.</returns>
    public bool Update(Lease lease)
    {
        bool isNewHolder = Lease is null || Holder != (lease.Spec?.HolderIdentity ?? "");
        // Labels may change without a sign of life of the holder.
        if (Lease is null || Lease.Metadata.Uid != lease.Metadata.Uid || Lease.Spec != lease.Spec) _changedAt = time.GetTimestamp();
        Lease = lease;
        return isNewHolder;
    }
}
