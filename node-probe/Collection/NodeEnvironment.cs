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

    /// <summary>Where the files of the machine are that belong to no network namespace.</summary>
    public HostPaths Host { get; init; } = new();

    public UapiLimits UapiLimits { get; init; } = new();
}
