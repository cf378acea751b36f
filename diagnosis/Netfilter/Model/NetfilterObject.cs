// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A stateful object of an nf_tables table (NFT_MSG_NEWOBJ).</summary>
public sealed record NetfilterObject
{
    public required string Name { get; init; }

    /// <summary>NFT_OBJECT_*: 1 counter, 2 quota, 3 ct helper, 4 limit, 5 connlimit, 6 tunnel, 7 ct timeout, 8 secmark, 9 ct expectation, 10 synproxy.</summary>
    public required uint Type { get; init; }

    public ulong Handle { get; init; }

    public string? Comment { get; init; }

    /// <summary>What it is and its state, of those that are also expressions (counter, quota, limit, connlimit, synproxy); null of others.</summary>
    public Expression? State { get; init; }

    /// <summary>Of a ct helper, ct timeout, ct expectation; null of others.</summary>
    public ConntrackObject? Conntrack { get; init; }

    /// <summary>Security context of a secmark, tunnel id of a tunnel; null of others.</summary>
    public string? Detail { get; init; }
}

/// <summary>What a rule may attach to a connection.</summary>
public sealed record ConntrackObject
{
    /// <summary>NFPROTO_*.</summary>
    public NetfilterFamily Family { get; init; }

    /// <summary>IPPROTO_*.</summary>
    public byte Protocol { get; init; }

    /// <summary>Name of a helper, e.g. <c>ftp</c>; null of others.</summary>
    public string? Helper { get; init; }

    /// <summary>Seconds by state (CTA_TIMEOUT_TCP_*, CTA_TIMEOUT_UDP_* ...) of a ct timeout; null of others.</summary>
    public IReadOnlyDictionary<int, uint>? Timeouts { get; init; }

    /// <summary>Port of a ct expectation; null of others.</summary>
    public ushort? Port { get; init; }

    /// <summary>Milliseconds that a ct expectation waits; null of others.</summary>
    public uint? TimeoutMs { get; init; }

    /// <summary>The most expected connections of a ct expectation; null of others.</summary>
    public byte? Size { get; init; }
}

/// <summary>A flow table: connections in it pass the rest of the filters by (NFT_MSG_NEWFLOWTABLE).</summary>
public sealed record NetfilterFlowTable
{
    public required string Name { get; init; }

    public ulong Handle { get; init; }

    /// <summary>Order among the ingress hooks of its devices.</summary>
    public int Priority { get; init; }

    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>NFT_FLOWTABLE_*: 1 hardware offload, 2 counters.</summary>
    public uint Flags { get; init; }
}
