// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>A process that has TUN devices open: a userspace WireGuard, or any other program of that kind.</summary>
/// <param name="Pid">Process id as the probe sees it.</param>
/// <param name="Name">/proc/PID/comm, what it says of itself.</param>
/// <param name="Namespace">Its network namespace, where its sockets are; null when it may not be looked at.</param>
/// <param name="Tuns">Its devices.</param>
internal sealed record TunHolder(int Pid, string Name, string? Namespace, IReadOnlyList<HeldTun> Tuns)
{
    /// <summary>It has a device of that name open.</summary>
    public bool Has(string device) => Tuns.Any(tun => tun.Name == device);
}

/// <summary>A TUN device that a process has open.</summary>
/// <param name="Name">Its name as of now, in its own namespace.</param>
/// <param name="Namespace">The namespace that the device is in, as the kernel says it; null when it was not permitted or the kernel is older than 5.6.</param>
internal readonly record struct HeldTun(string Name, string? Namespace);

/// <summary>What a look at the descriptors of all processes showed.</summary>
/// <param name="All">Those with TUN devices.</param>
/// <param name="Denied">Processes that did not let themselves be looked at.</param>
/// <param name="Ended">False when the time or the number of processes was over before all were looked at.</param>
internal sealed record TunHolders(IReadOnlyList<TunHolder> All, int Denied, bool Ended)
{
    /// <summary>Nobody looked.</summary>
    public static TunHolders None { get; } = new([], 0, false);
}
