// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>Which port a match looks at (enum xt_multiport_flags).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<XtPortSide>))]
public enum XtPortSide
{
    Source = 0,
    Destination = 1,
    Either = 2,
}

/// <summary>States of a connection as the match <c>conntrack</c> numbers them (XT_CONNTRACK_STATE_*); those of <c>state</c> are translated.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<XtConntrackStates>))]
public enum XtConntrackStates
{
    None = 0,
    Invalid = 1,
    Established = 1 << 1,
    Related = 1 << 2,
    New = 1 << 3,

    /// <summary>Virtual: the reply tuple says that the source was rewritten.</summary>
    Snat = 1 << 6,

    /// <summary>Virtual: the reply tuple says that the destination was rewritten.</summary>
    Dnat = 1 << 7,
    Untracked = 1 << 8,
}

/// <summary>How a number is compared (IPT_TTL_EQ and the like).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<XtComparison>))]
public enum XtComparison
{
    Equal = 0,
    NotEqual = 1,
    Less = 2,
    Greater = 3,
}

/// <summary>What a target does to a number (IPT_TTL_SET and the like).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<XtChange>))]
public enum XtChange
{
    Set = 0,
    Increase = 1,
    Decrease = 2,
}

/// <summary>Which rewriting an <see cref="XtNat"/> is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<XtNatKind>))]
public enum XtNatKind
{
    Dnat,
    Snat,
    Masquerade,
    Redirect,
    Netmap,
}

/// <summary>NF_NAT_RANGE_* of linux/netfilter/nf_nat.h.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<XtNatFlags>))]
public enum XtNatFlags
{
    None = 0,

    /// <summary>NF_NAT_RANGE_MAP_IPS: the addresses count.</summary>
    MapIps = 1,

    /// <summary>NF_NAT_RANGE_PROTO_SPECIFIED: the ports count.</summary>
    ProtoSpecified = 2,
    ProtoRandom = 4,
    Persistent = 8,
    ProtoRandomFully = 16,

    /// <summary>NF_NAT_RANGE_PROTO_OFFSET: ports are shifted by the difference to the base port.</summary>
    ProtoOffset = 32,
    Netmap = 64,
}

/// <summary>RTN_* types of addresses as bits (XT_ADDRTYPE_*).</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<XtAddressTypes>))]
public enum XtAddressTypes
{
    None = 0,
    Unspec = 1,
    Unicast = 1 << 1,
    Local = 1 << 2,
    Broadcast = 1 << 3,
    Anycast = 1 << 4,
    Multicast = 1 << 5,
    Blackhole = 1 << 6,
    Unreachable = 1 << 7,
    Prohibit = 1 << 8,
    Throw = 1 << 9,
    Nat = 1 << 10,
    XResolve = 1 << 11,
}
