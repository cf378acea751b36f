// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;

namespace KubeWgDiag.Kube.LeaderElection;

/// <summary>Makes the name under which a process holds a lease.</summary>
public static class LeaderIdentity
{
    private const int RandomBytes = 8;

    /// <summary>
    /// The given name with a random part. The name alone would not do: a container that restarts keeps its pod's name, and
    /// pods on the host network share the host's.
    /// </summary>
    /// <param name="name">The pod's name, for the people who read the lease.</param>
    public static string Create(string name) => $"{name}_{RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true)}";
}
