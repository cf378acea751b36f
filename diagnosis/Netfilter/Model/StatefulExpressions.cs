// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Counts (nft_counter).</summary>
public sealed record CounterExpression(ulong Packets, ulong Bytes) : Expression;

/// <summary>Breaks above (or with <c>Inverted</c> below) a rate of packets, or of bytes, per <c>UnitSeconds</c> (nft_limit).</summary>
public sealed record LimitExpression(ulong Rate, ulong UnitSeconds, uint Burst, bool OfBytes = false, bool Inverted = false) : Expression;

/// <summary>Breaks when more (or with <c>Inverted</c> not more) connections than <c>Count</c> exist (nft_connlimit).</summary>
public sealed record ConnectionLimit(uint Count, bool Inverted = false) : Expression;

/// <summary>Breaks above (or with <c>Inverted</c> below) a number of bytes (nft_quota).</summary>
public sealed record QuotaExpression(ulong Bytes, ulong Consumed, bool Inverted = false) : Expression;

/// <summary>Notes when it was last hit (nft_last).</summary>
public sealed record LastExpression(ulong? MillisecondsAgo = null) : Expression;

/// <summary>Adds or updates an element; <c>Operation</c>: 0 add, 1 update, 2 delete (nft_dynset).</summary>
public sealed record DynamicSet(string Set, uint Operation, int KeyRegister, int? DataRegister = null, ulong TimeoutMs = 0, bool Inverted = false, IReadOnlyList<Expression>? Expressions = null) : Expression;

/// <summary>Uses a stateful object by name; <c>ObjectType</c> is NFT_OBJECT_* (nft_objref).</summary>
public sealed record ObjectReference(uint ObjectType, string? Name = null, string? Set = null, int? Register = null) : Expression;
