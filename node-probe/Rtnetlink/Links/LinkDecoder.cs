// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>Gathers one RTM_NEWLINK.</summary>
internal ref struct LinkDecoder
{
    private const uint IffUp = 0x1;
    private const uint IffLoopback = 0x8;
    private const uint IffPointToPoint = 0x10;
    private const uint IffLowerUp = 0x10000;
    private const int MaxKindLength = 64;

    /// <summary>IFALIASZ of linux/if.h.</summary>
    private const int MaxAliasLength = 256;

    /// <summary>ALTIFNAMSIZ.</summary>
    private const int MaxAlternativeNameLength = 128;

    /// <summary>IF_OPER_* (RFC 2863) in the kernel's words.</summary>
    private static readonly string[] OperStates = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"];

    private readonly ReadOnlySpan<byte> _header;
    private LinkLimitsDecoder _limits;
    private int _mtu;
    private int _lower;
    private int _master;
    private int? _namespaceId;
    private uint _minMtu;
    private uint _maxMtu;
    private uint? _group;
    private uint? _carrierChanges;
    private string? _operState;
    private string? _kind;
    private string? _slaveKind;
    private string? _qdisc;
    private string? _address;
    private string? _alias;
    private List<string>? _alternativeNames;
    private LinkCounters? _counters;
    private LinkDetailFact? _detail;
    private XdpFact? _xdp;

    /// <summary>Begins with the fixed header, whose length the caller has checked.</summary>
    public LinkDecoder(ReadOnlySpan<byte> payload) => _header = payload[..RtnetlinkTypes.LinkHeaderSize];

    /// <summary>IFLA_IFNAME; empty until it was read.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>False when the attribute was not understood.</summary>
    public bool Apply(in NetlinkAttribute attribute, ref int unknown)
    {
        switch (attribute.Type)
        {
            case LinkAttributes.Name:
                if (!attribute.TryGetString(RtnetlinkTypes.MaxNameLength, out var name)) return false;
                Name = name;
                return true;
            case LinkAttributes.Mtu:
                if (!attribute.TryGetUInt32(out var mtu) || mtu > int.MaxValue) return false;
                _mtu = (int)mtu;
                return true;
            case LinkAttributes.Stats64:
                _counters = LinkStatistics.Decode(attribute.Payload);
                return true;
            case LinkAttributes.LinkInfo:
                return ReadInfo(attribute, ref unknown);
            case LinkAttributes.OperState:
                if (!attribute.TryGetByte(out var state) || state >= OperStates.Length) return false;
                _operState = OperStates[state];
                return true;
            case LinkAttributes.Address:
                _address = RtnetlinkText.HardwareAddress(attribute.Payload);
                return true;
            case LinkAttributes.Xdp:
                return XdpDecoder.TryDecode(attribute, out _xdp);
            case LinkAttributes.PropertyList:
                return ReadProperties(attribute);
            case LinkAttributes.Qdisc or LinkAttributes.Alias:
                return ApplyText(attribute);
            default:
                return _limits.Apply(attribute) ?? ApplyNumber(attribute);
        }
    }

    public readonly LinkFact Build()
    {
        var flags = MemoryMarshal.Read<uint>(_header[8..]);
        return new LinkFact
        {
            Index = MemoryMarshal.Read<int>(_header[4..]),
            Name = Name,
            Kind = _kind,
            Up = (flags & IffUp) != 0,
            LowerUp = (flags & IffLowerUp) != 0,
            Loopback = (flags & IffLoopback) != 0,
            PointToPoint = (flags & IffPointToPoint) != 0,
            OperState = _operState,
            Mtu = _mtu,
            // 0 = a tunnel that is bound to no lower device.
            Peer = _lower == 0 ? null : _lower,
            Master = _master == 0 ? null : _master,
            PeerInOtherNamespace = _namespaceId is not null,
            Counters = _counters,
            Flags = flags,
            HardwareType = MemoryMarshal.Read<ushort>(_header[2..]),
            HardwareAddress = _address,
            AlternativeNames = _alternativeNames,
            Alias = _alias,
            PeerNamespaceId = _namespaceId,
            MinMtu = Bound(_minMtu),
            MaxMtu = Bound(_maxMtu),
            Qdisc = _qdisc,
            Group = _group,
            CarrierChanges = _carrierChanges,
            Limits = _limits.Build(),
            Xdp = _xdp,
            SlaveKind = _slaveKind,
            Detail = _detail,
        };

        static int? Bound(uint value) => value is 0 or > int.MaxValue ? null : (int)value;
    }

    private bool ApplyNumber(in NetlinkAttribute attribute)
    {
        if (attribute.Type > LinkAttributes.HighestKnown) return false;
        if (!IsNumber(attribute.Type)) return true;
        if (!attribute.TryGetUInt32(out var value)) return false;
        switch (attribute.Type)
        {
            case LinkAttributes.Link:
                _lower = (int)value;
                break;
            case LinkAttributes.Master:
                _master = (int)value;
                break;
            case LinkAttributes.LinkNamespaceId:
                _namespaceId = (int)value;
                break;
            case LinkAttributes.MinMtu:
                _minMtu = value;
                break;
            case LinkAttributes.MaxMtu:
                _maxMtu = value;
                break;
            case LinkAttributes.Group:
                _group = value == 0 ? null : value;
                break;
            default:
                _carrierChanges = value;
                break;
        }

        return true;

        static bool IsNumber(ushort type) => type is LinkAttributes.Link or LinkAttributes.Master or LinkAttributes.LinkNamespaceId
            or LinkAttributes.MinMtu or LinkAttributes.MaxMtu or LinkAttributes.Group or LinkAttributes.CarrierChanges;
    }

    private bool ApplyText(in NetlinkAttribute attribute)
    {
        if (attribute.Type == LinkAttributes.Qdisc) return RtnetlinkText.TryReadWord(attribute, RtnetlinkTypes.MaxNameLength, out _qdisc!);
        if (!attribute.TryGetString(MaxAliasLength, out var alias)) return false;
        _alias = alias;
        return true;
    }

    private bool ReadProperties(in NetlinkAttribute list)
    {
        var understood = true;
        var reader = list.Nested();
        while (reader.TryRead(out var property))
        {
            if (property.Type != LinkAttributes.AlternativeName) continue;
            if (property.TryGetString(MaxAlternativeNameLength, out var name)) (_alternativeNames ??= []).Add(name);
            else understood = false;
        }

        return understood && !reader.IsMalformed;
    }

    private bool ReadInfo(in NetlinkAttribute info, ref int unknown)
    {
        var data = default(NetlinkAttribute);
        var understood = true;
        var reader = info.Nested();
        while (reader.TryRead(out var attribute))
        {
            switch (attribute.Type)
            {
                case LinkAttributes.InfoKind:
                    understood &= RtnetlinkText.TryReadWord(attribute, MaxKindLength, out _kind!);
                    break;
                case LinkAttributes.InfoSlaveKind:
                    understood &= RtnetlinkText.TryReadWord(attribute, MaxKindLength, out _slaveKind!);
                    break;
                case LinkAttributes.InfoData:
                    data = attribute;
                    break;
            }
        }

        if (string.IsNullOrEmpty(_kind)) _kind = null;
        if (string.IsNullOrEmpty(_slaveKind)) _slaveKind = null;
        if (_kind is not null && !data.Payload.IsEmpty) _detail = LinkDetailDecoder.Decode(_kind, data, ref unknown);
        return understood && !reader.IsMalformed;
    }
}
