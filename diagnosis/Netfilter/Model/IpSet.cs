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

    /// <summary>Revision of the type's format in the kernel.</summary>
    public byte Revision { get; init; }

    /// <summary>Seconds that elements live when nothing else is said; null when elements stay for ever.</summary>
    public uint? TimeoutSeconds { get; init; }

    /// <summary>Addresses are cut to this prefix length before they are looked up (<c>netmask</c>); null = whole.</summary>
    public byte? NetMask { get; init; }

    /// <summary>Marks are looked up under this mask (<c>hash:ip,mark</c>); null = whole.</summary>
    public uint? MarkMask { get; init; }

    /// <summary>First address a bitmap can hold.</summary>
    public Net.IpAddr? RangeFrom { get; init; }

    /// <summary>Last address a bitmap can hold.</summary>
    public Net.IpAddr? RangeTo { get; init; }

    /// <summary>First port a bitmap can hold.</summary>
    public ushort? PortFrom { get; init; }

    /// <summary>Last port a bitmap can hold.</summary>
    public ushort? PortTo { get; init; }

    /// <summary>How many elements the kernel says there are; null in kernels that do not.</summary>
    public uint? Count { get; init; }

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

    /// <summary>MAC address, 6 bytes (<c>bitmap:ip,mac</c>, <c>hash:ip,mac</c>, <c>hash:mac</c>).</summary>
    public HexBytes? Mac { get; init; }

    /// <summary>The interface is a port of a bridge (<c>physdev:</c>).</summary>
    public bool PhysicalInterface { get; init; }

    /// <summary>Only the beginning of the interface's name counts (<c>wildcard</c>).</summary>
    public bool InterfaceWildcard { get; init; }

    /// <summary>Seconds until the kernel removes it; 0 or null = never.</summary>
    public uint? TimeoutSeconds { get; init; }

    /// <summary>What matched it; null when the set counts nothing.</summary>
    public RuleCounter? Counter { get; init; }

    public string? Comment { get; init; }

    /// <summary><c>nomatch</c>: an exception from a larger prefix.</summary>
    public bool NoMatch { get; init; }
}
