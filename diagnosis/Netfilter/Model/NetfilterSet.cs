// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A named or anonymous nf_tables set or map with its elements.</summary>
public sealed record NetfilterSet
{
    public required string Name { get; init; }

    public ulong Handle { get; init; }

    /// <summary>NFT_SET_ANONYMOUS: written inside a rule.</summary>
    public bool Anonymous { get; init; }

    /// <summary>NFT_SET_CONSTANT.</summary>
    public bool Constant { get; init; }

    /// <summary>NFT_SET_INTERVAL: elements are ranges.</summary>
    public bool Interval { get; init; }

    /// <summary>NFT_SET_MAP: elements have data.</summary>
    public bool Map { get; init; }

    /// <summary>NFT_SET_OBJECT: data are references to stateful objects.</summary>
    public bool ObjectMap { get; init; }

    /// <summary>NFT_SET_TIMEOUT.</summary>
    public bool Timeout { get; init; }

    /// <summary>NFT_SET_EVAL: rules add elements (dynset).</summary>
    public bool Dynamic { get; init; }

    /// <summary>NFTA_SET_KEY_TYPE: nft's data type number, 6 bits for each concatenated part.</summary>
    public uint KeyType { get; init; }

    /// <summary>Length of a key in bytes, concatenated parts padded to 4 bytes each.</summary>
    public int KeyLength { get; init; }

    /// <summary>NFTA_SET_DATA_TYPE of a map; 0xffffff00 = verdicts.</summary>
    public uint DataType { get; init; }

    public int DataLength { get; init; }

    /// <summary>Lengths of the concatenated parts in bytes; empty when keys are not concatenated or the kernel gave no description.</summary>
    public IReadOnlyList<int> FieldLengths { get; init; } = [];

    /// <summary>NFTA_SET_OBJ_TYPE of an object map: NFT_OBJECT_*; 0 of others.</summary>
    public uint ObjectType { get; init; }

    /// <summary>NFTA_SET_TIMEOUT: milliseconds that an element lives unless it says otherwise; null = for ever.</summary>
    public ulong? TimeoutMs { get; init; }

    /// <summary>NFTA_SET_GC_INTERVAL in milliseconds; null = the kernel's.</summary>
    public uint? GcIntervalMs { get; init; }

    /// <summary>NFTA_SET_DESC_SIZE: the most elements; null = no limit.</summary>
    public uint? Size { get; init; }

    /// <summary>Statements that each element has (counter, limit ...); null when none.</summary>
    public IReadOnlyList<Expression>? Statements { get; init; }

    /// <summary>Keys of more than a byte are in the node's byte order, as nft noted in the user data; of interval sets they are in network order all the same.</summary>
    public bool KeyHostOrder { get; init; }

    /// <summary>Data of more than a byte are in the node's byte order, as nft noted in the user data.</summary>
    public bool DataHostOrder { get; init; }

    /// <summary>Data are ranges (nft's user data), as in <c>dnat to ip saddr map { ... : 10.0.0.1-10.0.0.9 }</c>: both ends stand side by side.</summary>
    public bool DataInterval { get; init; }

    public string? Comment { get; init; }

    /// <summary>The elements in the kernel's order (of an interval set in ascending order), intervals already put together from their two ends.</summary>
    public IReadOnlyList<SetElement> Elements { get; init; } = [];

    /// <summary>The elements were not read whole: not finding a key proves nothing.</summary>
    public bool Incomplete { get; init; }
}
