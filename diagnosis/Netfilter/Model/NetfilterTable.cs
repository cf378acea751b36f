// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A table with its chains and sets.</summary>
public sealed record NetfilterTable
{
    public required NetfilterBackend Backend { get; init; }

    public required NetfilterFamily Family { get; init; }

    public required string Name { get; init; }

    /// <summary>NFTA_TABLE_HANDLE; 0 for a legacy table.</summary>
    public ulong Handle { get; init; }

    /// <summary>NFT_TABLE_F_DORMANT: its base chains are not hooked in.</summary>
    public bool Dormant { get; init; }

    /// <summary>NFT_TABLE_F_OWNER: it belongs to a process and goes when that ends, unless it is persistent.</summary>
    public bool Owned { get; init; }

    public string? Comment { get; init; }

    public IReadOnlyList<NetfilterChain> Chains { get; init; } = [];

    public IReadOnlyList<NetfilterSet> Sets { get; init; } = [];

    /// <summary>Stateful objects that rules and maps name; null when there are none.</summary>
    public IReadOnlyList<NetfilterObject>? Objects { get; init; }

    /// <summary>Flow tables; null when there are none.</summary>
    public IReadOnlyList<NetfilterFlowTable>? FlowTables { get; init; }

    /// <summary>Chains, rules or objects were not read whole (<see cref="NetfilterFact.Gaps"/> says why): what is missing may decide. A set says it of itself.</summary>
    public bool Incomplete { get; init; }
}

/// <summary>Who runs a table in the kernel. iptables-nft rules live in nf_tables.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetfilterBackend>))]
public enum NetfilterBackend
{
    /// <summary>nf_tables (nft, iptables-nft).</summary>
    NfTables,

    /// <summary>ip_tables and ip6_tables (iptables-legacy).</summary>
    Legacy,
}

/// <summary>NFPROTO_* of linux/netfilter.h, with the kernel's values.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NetfilterFamily>))]
public enum NetfilterFamily
{
    /// <summary>A family this code does not know.</summary>
    Unknown = 0,

    /// <summary>Both IPv4 and IPv6.</summary>
    Inet = 1,
    Ipv4 = 2,
    Arp = 3,
    Netdev = 5,
    Bridge = 7,
    Ipv6 = 10,
}
