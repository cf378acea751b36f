// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>Decodes an element (IPSET_ATTR_DATA inside IPSET_ATTR_ADT). Numbers are big-endian.</summary>
internal static class IpSetElementDecoder
{
    private const uint FlagPhysical = 1 << 1;
    private const uint FlagNoMatch = 1 << 2;
    private const uint FlagWildcard = 1 << 7;
    private const int MaxComment = 256;

    /// <summary>The element; null when something that decides was not understood.</summary>
    /// <param name="data">The element's attributes.</param>
    /// <param name="family">The set's family, on which the length of a host prefix depends.</param>
    /// <param name="unknown">Raised for each attribute that was not understood.</param>
    public static IpSetElement? Decode(ReadOnlySpan<byte> data, NetfilterFamily family, ref int unknown)
    {
        var draft = new Draft();
        var reader = new NetlinkAttributeReader(data);
        var understood = true;
        while (reader.TryRead(out var attribute))
        {
            if (draft.Take(attribute)) continue;
            unknown++;
            understood = false;
        }

        return understood && !reader.IsMalformed ? draft.Complete(family) : null;
    }

    /// <summary>What was read so far; prefixes need two attributes each.</summary>
    private struct Draft()
    {
        private IpAddr? _address;
        private IpAddr? _addressTo;
        private IpAddr? _address2;
        private byte? _length;
        private byte? _length2;
        private ulong? _packets;
        private ulong? _bytes;
        private uint _flags;
        private IpSetElement _element = new();

        /// <summary>Takes an attribute (enum of struct attributes behind IPSET_ATTR_UNSPEC and IPSET_ATTR_CADT_MAX); false when it was not understood.</summary>
        public bool Take(in NetlinkAttribute attribute)
        {
            var value = attribute.Payload;
            switch (attribute.Type)
            {
                case 1:
                    return TryAddress(attribute, out _address);
                case 2:
                    return TryAddress(attribute, out _addressTo);
                case 3:
                    _length = value.Length == 1 ? value[0] : null;
                    return _length is not null;
                case 8:
                    return attribute.TryGetUInt32BigEndian(out _flags);
                case 20:
                    return TryAddress(attribute, out _address2);
                case 21:
                    _length2 = value.Length == 1 ? value[0] : null;
                    return _length2 is not null;
                case 24:
                    return TryNumber(value, out _bytes);
                case 25:
                    return TryNumber(value, out _packets);
                // Comes before a member of list:set (IPSET_ATTR_NAMEREF), queue, priority, mark and padding: nothing that decides a match.
                case 0 or 9 or 19 or 27 or 28 or 29 or 30:
                    return true;
                default:
                    return TakeField(attribute);
            }
        }

        public readonly IpSetElement? Complete(NetfilterFamily family)
        {
            IpPrefix? first = null, second = null;
            if (_address is { } address && !TryPrefix(address, _length, out first)) return null;
            if (_address2 is { } address2 && !TryPrefix(address2, _length2, out second)) return null;
            if ((_flags & ~(FlagPhysical | FlagNoMatch | FlagWildcard | 1)) != 0) return null;
            if (first is { } known && known.Family != (family == NetfilterFamily.Ipv6 ? IpFamily.IPv6 : IpFamily.IPv4)) return null;
            return _element with
            {
                First = first,
                FirstEnd = _addressTo,
                Second = second,
                Counter = _packets is null && _bytes is null ? null : new RuleCounter(_packets ?? 0, _bytes ?? 0),
                PhysicalInterface = (_flags & FlagPhysical) != 0,
                InterfaceWildcard = (_flags & FlagWildcard) != 0,
                NoMatch = (_flags & FlagNoMatch) != 0,
            };
        }

        private bool TakeField(in NetlinkAttribute attribute)
        {
            var value = attribute.Payload;
            switch (attribute.Type)
            {
                case 4 or 5 when value.Length == 2:
                    var port = BinaryPrimitives.ReadUInt16BigEndian(value);
                    _element = attribute.Type == 4 ? _element with { Port = port } : _element with { PortEnd = port };
                    return true;
                case 6 when attribute.TryGetUInt32BigEndian(out var seconds):
                    _element = _element with { TimeoutSeconds = seconds };
                    return true;
                case 7 when value.Length == 1:
                    _element = _element with { Protocol = value[0] };
                    return true;
                case 10 when attribute.TryGetUInt32BigEndian(out var mark):
                    _element = _element with { Mark = mark };
                    return true;
                case 17 when value.Length == 6:
                    _element = _element with { Mac = new HexBytes(value.ToArray()) };
                    return true;
                case 18 when attribute.TryGetString(IpSetMessages.MaxName, out var set):
                    _element = _element with { Set = set };
                    return true;
                case 23 when attribute.TryGetString(16, out var device):
                    _element = _element with { Interface = device };
                    return true;
                case 26 when attribute.TryGetString(MaxComment, out var comment):
                    _element = _element with { Comment = comment };
                    return true;
                default:
                    return false;
            }
        }

        private static bool TryPrefix(IpAddr address, byte? length, out IpPrefix? prefix)
        {
            var ok = IpPrefix.TryCreate(address, length ?? address.Width, out var created);
            prefix = ok ? created : null;
            return ok;
        }

        private static bool TryNumber(ReadOnlySpan<byte> value, out ulong? number)
        {
            number = value.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(value) : null;
            return number is not null;
        }

        /// <summary>IPSET_ATTR_IPADDR_IPV4 (1) or _IPV6 (2) inside.</summary>
        private static bool TryAddress(in NetlinkAttribute attribute, out IpAddr? address)
        {
            address = null;
            var reader = attribute.Nested();
            if (!reader.TryRead(out var inner)) return false;
            if (inner.Type == 1 && inner.Payload.Length == 4) address = IpAddr.FromBits(IpFamily.IPv4, BinaryPrimitives.ReadUInt32BigEndian(inner.Payload));
            else if (inner.Type == 2 && inner.Payload.Length == 16) address = IpAddr.FromBits(IpFamily.IPv6, BinaryPrimitives.ReadUInt128BigEndian(inner.Payload));
            return address is not null;
        }
    }
}
