// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.LeaderElection;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Makes the operator a candidate: operators of one namespace and class work one at a time.</summary>
internal static class Election
{
    private const string Lease = "kubewgdiag-operator";

    /// <summary>The candidate; null when the command line asks for none.</summary>
    public static LeaderElector? Candidate(IKubernetesClient client, OperatorOptions options, KubeLog log, TimeProvider time)
    {
        if (!options.LeaderElect)
            return null;
        var lease = LeaseName(options.Class);
        var election = new LeaderElectionOptions
        {
            Namespace = options.Namespace,
            Name = lease,
            Identity = LeaderIdentity.Create(options.Identity),
            // The proportions of Kubernetes' own controllers: 15, 10 and 2 s.
            LeaseDuration = options.LeaseDuration,
            RenewDeadline = options.LeaseDuration * 2 / 3,
            RetryPeriod = options.LeaseDuration * 2 / 15,
        };
        var callbacks = new LeaderCallbacks
        {
            StartedLeading = () => log(KubeLogLevel.Information, $"leads: holds the lease {options.Namespace}/{lease} as {election.Identity}"),
            StoppedLeading = () => log(KubeLogLevel.Information, "does not lead (any more)"),
            NewLeader = holder => log(KubeLogLevel.Information, $"the lease {options.Namespace}/{lease} is held by {holder}"),
        };
        return new LeaderElector(client, election, callbacks, time);
    }

    /// <summary>Name of the lease. A class may have letters that a name may not, so its hash stands for it.</summary>
    internal static string LeaseName(string? @class) =>
        @class is null ? Lease : $"{Lease}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(@class)).AsSpan(0, 8))}";
}
