// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Where readers read from: the real kernel, or what a test puts in its place.</summary>
internal sealed record NodeEnvironment
{
    public INetlinkTransportFactory Netlink { get; init; } = new NetlinkSocketFactory();

    public string ProcRoot { get; init; } = "/proc";

    /// <summary>
    /// Where network namespaces are bound to files: by ip-netns and the CNI, and by docker. A pod sees those of its node through the root
    /// of the first process.
    /// </summary>
    public IReadOnlyList<string> NamespaceFolders { get; init; } =
        ["/run/netns", "/var/run/netns", "/run/docker/netns", "/proc/1/root/run/netns", "/proc/1/root/run/docker/netns"];

    /// <summary>Where the files of the machine are that belong to no network namespace.</summary>
    public HostPaths Host { get; init; } = new();

    public UapiLimits UapiLimits { get; init; } = new();
}
