// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>A set of the ipset subsystem (NFNL_SUBSYS_IPSET), which the xtables match <c>set</c> looks up.</summary>
public sealed record IpSet
{
    public required string Name { get; init; }

    /// <summary>The kernel's index of the set, which the binary form of <c>-m set</c> names; null when it could not be read.</summary>
    public ushort? Index { get; init; }

    /// <summary><c>hash:ip</c>, <c>hash:net</c>, <c>hash:ip,port</c>, <c>bitmap:port</c>, <c>list:set</c> ...</summary>
    public required string Type { get; init; }

    public NetfilterFamily Family { get; init; }

    public IReadOnlyList<IpSetElement> Elements { get; init; } = [];

    /// <summary>The elements were not read whole, or some were not understood: not finding one proves nothing.</summary>
    public bool Incomplete { get; init; }
}

/// <summary>An element of an ipset. What its type has not is null.</summary>
public sealed record IpSetElement
{
    /// <summary>First address, or first prefix of <c>net</c> types.</summary>
    public Net.IpPrefix? First { get; init; }

    /// <summary>Last address of a range (bitmap:ip and the like).</summary>
    public Net.IpAddr? FirstEnd { get; init; }

    /// <summary>Second address or prefix (<c>hash:ip,port,ip</c>, <c>hash:net,net</c> ...).</summary>
    public Net.IpPrefix? Second { get; init; }

    /// <summary>IPPROTO_* of a type with a port.</summary>
    public byte? Protocol { get; init; }

    public ushort? Port { get; init; }

    public ushort? PortEnd { get; init; }

    /// <summary>Interface of <c>hash:net,iface</c>.</summary>
    public string? Interface { get; init; }

    /// <summary>Name of the member set of <c>list:set</c>.</summary>
    public string? Set { get; init; }

    /// <summary>Mark of <c>hash:ip,mark</c>.</summary>
    public uint? Mark { get; init; }

    /// <summary><c>nomatch</c>: an exception from a larger prefix.</summary>
    public bool NoMatch { get; init; }
}
