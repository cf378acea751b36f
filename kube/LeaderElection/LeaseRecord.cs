// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>What a candidate writes into the lease.</summary>
internal static class LeaseRecord
{
    /// <summary>The first lease of its name.</summary>
    public static Lease New(LeaderElectionOptions options, DateTimeOffset now) => new()
    {
        Metadata = new ObjectMeta { Name = options.Name, Namespace = options.Namespace },
        Spec = Held(options, null, now) with { LeaseTransitions = 0 },
    };

    /// <summary>The lease with this candidate as holder: renewed when it is that already, else taken over.</summary>
    public static Lease Taken(Lease lease, LeaderElectionOptions options, DateTimeOffset now) =>
        lease with { Spec = Held(options, lease.Spec, now) };

    /// <summary>The lease without holder. Zero seconds would be refused, and one is soon over for those who look at the time only.</summary>
    public static Lease Released(Lease lease, DateTimeOffset now) => lease with
    {
        Spec = (lease.Spec ?? new LeaseSpec()) with { HolderIdentity = "", LeaseDurationSeconds = 1, AcquireTime = now, RenewTime = now },
    };

    private static LeaseSpec Held(LeaderElectionOptions options, LeaseSpec? old, DateTimeOffset now)
    {
        bool isOurs = old?.HolderIdentity == options.Identity;
        // Whoever wrote a count below zero or at the end of the numbers does not stop the election.
        int transitions = Math.Clamp(old?.LeaseTransitions ?? 0, 0, int.MaxValue - 1);
        return new LeaseSpec
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)options.LeaseDuration.TotalSeconds,
            AcquireTime = isOurs ? old?.AcquireTime ?? now : now,
            RenewTime = now,
            LeaseTransitions = isOurs ? transitions : transitions + 1,
        };
    }
}
