// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Where the host's files are, as the probe sees them.</summary>
internal sealed record HostPaths
{
    /// <summary>proc of the host's process namespace.</summary>
    public string Proc { get; init; } = "/proc";

    public string Sys { get; init; } = "/sys";

    public string KernelLog { get; init; } = "/dev/kmsg";

    /// <summary>The host's file system; null = where <see cref="HostRoot"/> finds it.</summary>
    public string? Root { get; init; }
}
