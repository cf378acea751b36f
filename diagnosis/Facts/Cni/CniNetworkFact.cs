// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Cni;

/// <summary>A network configuration.</summary>
/// <param name="Plugins">The plugins in the order in which they are called.</param>
/// <param name="Name">Name of the network.</param>
/// <param name="CniVersion">Version of the specification it is written for.</param>
public sealed record CniNetworkFact(IReadOnlyList<CniPluginFact> Plugins, string? Name = null, string? CniVersion = null);

/// <summary>One plugin of the chain; what is null was not said.</summary>
public sealed record CniPluginFact
{
    /// <summary>Name of its program.</summary>
    public required string Type { get; init; }

    /// <summary>Type of its address management.</summary>
    public string? Ipam { get; init; }

    /// <summary>Address ranges of its address management as they stand there: prefixes, or <c>usePodCidr</c>.</summary>
    public IReadOnlyList<string>? Subnets { get; init; }

    public int? Mtu { get; init; }

    public string? Bridge { get; init; }

    public bool? IpMasq { get; init; }

    public bool? HairpinMode { get; init; }

    public bool? IsGateway { get; init; }

    public bool? IsDefaultGateway { get; init; }

    /// <summary>Backend of the plugins portmap, firewall and ipMasq: <c>iptables</c>, <c>nftables</c>, <c>firewalld</c>.</summary>
    public string? Backend { get; init; }

    /// <summary>Sysctls that the plugin tuning sets in each pod.</summary>
    public IReadOnlyDictionary<string, string>? Sysctls { get; init; }

    /// <summary>Capabilities it takes from the runtime: <c>portMappings</c>, <c>bandwidth</c>.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>Plugins that it calls itself: flannel's bridge, the networks of multus.</summary>
    public IReadOnlyList<CniPluginFact>? Delegates { get; init; }
}

/// <summary>flannel's subnet.env.</summary>
/// <param name="Networks">Networks of the whole cluster.</param>
/// <param name="Subnets">This node's part of them.</param>
/// <param name="Mtu">MTU for pods.</param>
/// <param name="IpMasq">Whether flannel masquerades what leaves the cluster.</param>
public sealed record FlannelSubnetFact(IReadOnlyList<string> Networks, IReadOnlyList<string> Subnets, int? Mtu = null, bool? IpMasq = null);
