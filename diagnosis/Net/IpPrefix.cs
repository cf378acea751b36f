// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace KubeWgDiag.Diagnosis.Net;

/// <summary>A network prefix with its host bits cleared, e.g. <c>10.244.1.0/24</c>.</summary>
[JsonConverter(typeof(IpPrefixJsonConverter))]
public readonly record struct IpPrefix
{
    // The network's parts rather than the network itself, whose padding then takes the length: 24 bytes instead of 48.
    private readonly ulong _upper;
    private readonly ulong _lower;
    private readonly byte _family;
    private readonly byte _length;

    private IpPrefix(IpAddr network, int length) => (_upper, _lower, _family, _length) =
        ((ulong)(network.Bits >> 64), (ulong)network.Bits, (byte)network.Family, (byte)length);

    /// <summary>The first address of the prefix.</summary>
    public IpAddr Network => IpAddr.FromBits(Family, new UInt128(_upper, _lower));

    /// <summary>Prefix length, 0 to 32 or 0 to 128.</summary>
    public int Length => _length;

    /// <summary>The address family.</summary>
    public IpFamily Family => (IpFamily)_family;

    /// <summary>True for <c>0.0.0.0/0</c> and <c>::/0</c>.</summary>
    public bool IsDefault => Length == 0;

    /// <summary>True for a /32 or a /128.</summary>
    public bool IsHost => Length == Network.Width;

    /// <summary>Makes a prefix, clearing host bits; a length outside the family's range is refused.</summary>
    public static bool TryCreate(IpAddr address, int length, out IpPrefix prefix)
    {
        prefix = default;
        if (length < 0 || length > address.Width) return false;
        prefix = new IpPrefix(IpAddr.FromBits(address.Family, address.Bits & Mask(address.Width, length)), length);
        return true;
    }

    /// <summary>The prefix that holds exactly this address.</summary>
    public static IpPrefix Host(IpAddr address) => new(address, address.Width);

    /// <summary>The default prefix of a family.</summary>
    public static IpPrefix Default(IpFamily family) => new(IpAddr.FromBits(family, UInt128.Zero), 0);

    /// <summary>Reads <c>address/length</c>; an address alone means the host prefix.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out IpPrefix prefix)
    {
        prefix = default;
        if (text is null) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddr.TryParse(slash < 0 ? text : text[..slash], out var address)) return false;
        var length = address.Width;
        return (slash < 0 || int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length))
            && TryCreate(address, length, out prefix);
    }

    /// <summary>As <see cref="TryParse"/>, for literals in code and tests.</summary>
    /// <exception cref="FormatException">The text is not a prefix.</exception>
    public static IpPrefix Parse(string text) =>
        TryParse(text, out var prefix) ? prefix : throw new FormatException($"not an IP prefix: '{text}'");

    /// <summary>True when the address lies in this prefix; never across families.</summary>
    public bool Contains(IpAddr address) =>
        address.Family == Family && (address.Bits & Mask(Network.Width, Length)) == Network.Bits;

    /// <summary>True when the other prefix is equal to this one or inside it.</summary>
    public bool Contains(IpPrefix other) => other.Length >= Length && Contains(other.Network);

    /// <summary>True when the two share any address.</summary>
    public bool Overlaps(IpPrefix other) => Contains(other) || other.Contains(this);

    /// <inheritdoc/>
    public override string ToString() => $"{Network}/{Length.ToString(CultureInfo.InvariantCulture)}";

    private static UInt128 Mask(int width, int length)
    {
        if (length == 0) return UInt128.Zero;
        var all = width == 32 ? (UInt128)uint.MaxValue : UInt128.MaxValue;
        return (all << (width - length)) & all;
    }
}
