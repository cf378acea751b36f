// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Routing;

/// <summary>Small set arithmetic on prefixes.</summary>
internal static class PrefixMath
{
    /// <summary>False for what a broken JSON document leaves behind: a prefix of no family.</summary>
    public static bool IsReal(IpPrefix prefix) => prefix.Family is IpFamily.IPv4 or IpFamily.IPv6;

    public static bool IsReal(IpAddr address) => address.Family is IpFamily.IPv4 or IpFamily.IPv6;

    /// <summary>False for loopback, link-local, multicast and default prefixes: nobody routes those to a certain node.</summary>
    public static bool IsRoutable(IpPrefix prefix) =>
        IsReal(prefix) && !prefix.IsDefault && !prefix.Network.IsLoopback && !prefix.Network.IsLinkLocal
        && !prefix.Network.IsMulticast && !prefix.Network.IsUnspecified;

    /// <summary>The smaller of two overlapping prefixes; null when they share nothing.</summary>
    public static IpPrefix? Intersect(IpPrefix one, IpPrefix other) =>
        one.Contains(other) ? other : other.Contains(one) ? one : null;

    /// <summary>An address that stands for the prefix in a lookup: the first host, or the network address where there is no other.</summary>
    public static IpAddr Representative(IpPrefix prefix) => prefix.Network.Width - prefix.Length <= 1
        ? prefix.Network
        : IpAddr.FromBits(prefix.Family, prefix.Network.Bits + 1);

    /// <summary>
    /// An address that stands for others than the node in the prefix, as the source of a packet that comes in; null when the node owns all that was tried.
    /// </summary>
    public static IpAddr? Stranger(IpPrefix prefix, Func<IpAddr, bool> isOwn)
    {
        // A node has few addresses of its own in one prefix, mostly one.
        const int Tries = 8;
        var candidate = Representative(prefix);
        for (var i = 0; i < Tries && prefix.Contains(candidate); i++, candidate = IpAddr.FromBits(prefix.Family, candidate.Bits + 1))
        {
            if (!isOwn(candidate)) return candidate;
        }

        return null;
    }

    /// <summary>Leaves out every prefix that lies inside another one; sorted.</summary>
    public static List<IpPrefix> WithoutNested(IEnumerable<IpPrefix> prefixes)
    {
        var result = new List<IpPrefix>();
        foreach (var prefix in prefixes.Distinct().Order(PrefixOrder.Instance))
        {
            if (result.Count == 0 || !result[^1].Contains(prefix)) result.Add(prefix);
        }

        return result;
    }

    /// <summary>True when the parts, all inside the whole, leave no address of it out.</summary>
    public static bool Tile(IpPrefix whole, IEnumerable<IpPrefix> parts)
    {
        var width = whole.Network.Width;
        var next = whole.Network.Bits;
        var end = width == whole.Length ? next : next + Span(width - whole.Length);
        foreach (var part in WithoutNested(parts))
        {
            if (part.Network.Bits != next) return false;
            var last = part.Network.Bits + Span(width - part.Length);
            if (last == end) return true;
            next = last + 1;
        }

        return false;

        // All host bits set; 128 host bits do not fit a shift.
        static UInt128 Span(int hostBits) => hostBits >= 128 ? UInt128.MaxValue : (UInt128.One << hostBits) - 1;
    }
}
