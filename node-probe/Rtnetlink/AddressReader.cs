// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>Reads addresses (RTM_GETADDR; struct ifaddrmsg and attributes of linux/if_addr.h).</summary>
internal static class AddressReader
{
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const ushort IfaLabel = 3;
    private const ushort IfaBroadcast = 4;
    private const ushort IfaCacheInfo = 6;
    private const ushort IfaFlags = 8;
    private const ushort IfaPriority = 9;
    private const ushort IfaProtocol = 11;

    private const ushort IfaHighestKnown = IfaProtocol;

    /// <summary>sizeof(struct ifa_cacheinfo).</summary>
    private const int CacheInfoSize = 16;

    private const uint FlagDadFailed = 0x08;
    private const uint FlagTentative = 0x40;

    private static readonly DumpKind Kind =
        new("addresses", RtnetlinkTypes.GetAddress, RtnetlinkTypes.NewAddress, RtnetlinkTypes.AddressHeaderSize);

    public static Reading<IReadOnlyList<AddressFact>> Read(NetlinkConnection connection, Deadline deadline) =>
        FamilyDump.ReadBoth(connection, Kind, Decode, deadline);

    internal static AddressFact? Decode(ReadOnlySpan<byte> payload, ref int unknown)
    {
        if (payload.Length < RtnetlinkTypes.AddressHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return null;
        }

        var fields = new Fields { Flags = payload[2] };
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.AddressHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (!fields.Apply(family, attribute)) unknown++;
        }

        // On a point-to-point device IFA_ADDRESS is the other end's.
        var own = fields.Local ?? fields.Address;
        if (reader.IsMalformed || own is null || payload[1] > own.Value.Width) unknown++;
        return own is null || payload[1] > own.Value.Width ? null : fields.Build(payload, own.Value);
    }

    /// <summary>What the attributes say.</summary>
    private struct Fields
    {
        public IpAddr? Address;
        public IpAddr? Local;
        public uint Flags;
        private IpAddr? _broadcast;
        private string? _label;
        private uint? _valid;
        private uint? _preferred;
        private uint? _metric;
        private byte? _protocol;

        /// <summary>False when the attribute was not understood.</summary>
        public bool Apply(IpFamily family, in NetlinkAttribute attribute)
        {
            switch (attribute.Type)
            {
                case IfaAddress:
                    return TrySet(family, attribute, ref Address);
                case IfaLocal:
                    return TrySet(family, attribute, ref Local);
                case IfaBroadcast:
                    return TrySet(family, attribute, ref _broadcast);
                case IfaLabel:
                    return attribute.TryGetString(RtnetlinkTypes.MaxNameLength, out _label!);
                case IfaFlags:
                    return attribute.TryGetUInt32(out Flags);
                case IfaCacheInfo:
                    return TryReadLifetimes(attribute.Payload);
                case IfaPriority:
                    if (!attribute.TryGetUInt32(out var metric)) return false;
                    _metric = metric;
                    return true;
                case IfaProtocol:
                    if (!attribute.TryGetByte(out var protocol)) return false;
                    _protocol = protocol;
                    return true;
                default:
                    return attribute.Type <= IfaHighestKnown;
            }
        }

        public readonly AddressFact Build(ReadOnlySpan<byte> header, IpAddr own) => new()
        {
            Link = MemoryMarshal.Read<int>(header[4..]),
            Address = own,
            PrefixLength = header[1],
            Scope = header[3],
            Unusable = (Flags & (FlagTentative | FlagDadFailed)) != 0,
            Flags = Flags,
            Label = string.IsNullOrEmpty(_label) ? null : _label,
            Peer = Local is not null && Address is not null && Address != Local ? Address : null,
            Broadcast = _broadcast,
            ValidSeconds = _valid,
            PreferredSeconds = _preferred,
            Metric = _metric,
            Protocol = _protocol,
        };

        private static bool TrySet(IpFamily family, in NetlinkAttribute attribute, ref IpAddr? field)
        {
            if (!RtnetlinkAddress.TryRead(family, attribute.Payload, out var value)) return false;
            field = value;
            return true;
        }

        /// <summary>struct ifa_cacheinfo: preferred and valid seconds (all ones = for ever), then two time stamps.</summary>
        private bool TryReadLifetimes(ReadOnlySpan<byte> info)
        {
            if (info.Length < CacheInfoSize) return false;
            var preferred = MemoryMarshal.Read<uint>(info);
            var valid = MemoryMarshal.Read<uint>(info[4..]);
            _preferred = preferred == uint.MaxValue ? null : preferred;
            _valid = valid == uint.MaxValue ? null : valid;
            return true;
        }
    }
}
