// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netlink;

/// <summary>The time that one reader has, and the caller's wish to stop. It runs from the moment it is made.</summary>
internal sealed class Deadline(TimeProvider time, TimeSpan limit, CancellationToken token)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>The caller's wish to stop.</summary>
    public CancellationToken Token { get; } = token;

    /// <summary>What is left; zero or less when the time is over.</summary>
    public TimeSpan Remaining => limit - time.GetElapsedTime(_start);

    /// <summary>True when the time is over.</summary>
    public bool Expired => Remaining <= TimeSpan.Zero;
}
