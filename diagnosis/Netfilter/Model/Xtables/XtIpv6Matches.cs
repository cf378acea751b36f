// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>The fragment header (struct ip6t_frag).</summary>
public sealed record XtFrag : Expression
{
    public required XtRange Id { get; init; }

    public uint HeaderLength { get; init; }

    public bool HeaderLengthInverted { get; init; }

    /// <summary>IP6T_FRAG_*: 1 id, 2 length, 4 reserved fields are zero, 8 first fragment, 0x10 more follow, 0x20 the last one.</summary>
    public byte Flags { get; init; }
}

/// <summary>The routing header (struct ip6t_rt).</summary>
public sealed record XtRt : Expression
{
    public uint Type { get; init; }

    public required XtRange SegmentsLeft { get; init; }

    public uint HeaderLength { get; init; }

    /// <summary>IP6T_RT_*: 1 type, 2 segments left, 4 length, 8 reserved is zero, 0x10 addresses in order, 0x20 other addresses between them.</summary>
    public byte Flags { get; init; }

    /// <summary>1 type, 4 length are inverted.</summary>
    public byte Inverted { get; init; }

    public IReadOnlyList<IpAddr> Addresses { get; init; } = [];
}

/// <summary>The hop-by-hop or, with <c>Destination</c>, destination options header (struct ip6t_opts).</summary>
public sealed record XtOptions : Expression
{
    public bool Destination { get; init; }

    public uint HeaderLength { get; init; }

    public bool HeaderLengthInverted { get; init; }

    /// <summary>IP6T_OPTS_*: 1 length, 2 options, 4 not strict.</summary>
    public byte Flags { get; init; }

    /// <summary>Type in the upper byte, length in the lower one; length 255 = any.</summary>
    public IReadOnlyList<ushort> Options { get; init; } = [];
}

/// <summary>Which extension headers there are (struct ip6t_ipv6header_info): 128 hop-by-hop, 64 destination, 32 routing, 16 fragment, 8 AH, 4 ESP, 2 none, 1 upper protocol. <c>Soft</c>: others may be there too.</summary>
public sealed record XtIpv6Header(byte Headers, bool Inverted, bool Soft) : Expression;

/// <summary>The lower half of the source address was made of the MAC address.</summary>
public sealed record XtEui64 : Expression;

/// <summary>Types of a mobility header (struct ip6t_mh).</summary>
public sealed record XtMobility(XtRange Types) : Expression;
