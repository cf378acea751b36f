// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>One RTM_NEWNEIGH where it lies in the receive buffer, made without allocation.</summary>
internal ref struct NeighbourView
{
    private const ushort NdaDestination = 1;
    private const ushort NdaLinkLayerAddress = 2;
    private const ushort NdaCacheInfo = 3;
    private const ushort NdaProbes = 4;
    private const ushort NdaProtocol = 12;
    private const ushort NdaExtendedFlags = 15;

    /// <summary>NDA_NDM_FLAGS_MASK.</summary>
    private const ushort NdaHighestKnown = 17;

    /// <summary>NUD_INCOMPLETE | NUD_PROBE | NUD_FAILED.</summary>
    private const ushort StatesInTrouble = 0x01 | 0x10 | 0x20;

    /// <summary>USER_HZ: the unit of struct nda_cacheinfo.</summary>
    private const uint TicksPerSecond = 100;

    private ReadOnlySpan<byte> _payload;
    private ReadOnlySpan<byte> _linkLayerAddress;
    private ReadOnlySpan<byte> _cacheInfo;
    private uint _probes;
    private uint _extendedFlags;
    private byte _protocol;

    /// <summary>NDA_DST.</summary>
    public IpAddr Address { get; private set; }

    /// <summary>The neighbour does not answer, or has not yet.</summary>
    public readonly bool IsInTrouble => (State & StatesInTrouble) != 0;

    private readonly ushort State => MemoryMarshal.Read<ushort>(_payload[8..]);

    private readonly byte Flags => _payload[10];

    /// <summary>Takes an entry apart; false when it is of another family than IPv4 and IPv6 or has no address.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out NeighbourView entry, ref int unknown)
    {
        entry = default;
        if (payload.Length < RtnetlinkTypes.NeighbourHeaderSize || !RtnetlinkAddress.TryFamily(payload[0], out var family))
        {
            unknown++;
            return false;
        }

        entry._payload = payload;
        var hasAddress = false;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.NeighbourHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == NdaDestination && RtnetlinkAddress.TryRead(family, attribute.Payload, out var address))
                (hasAddress, entry.Address) = (true, address);
            else if (!entry.Apply(attribute))
                unknown++;
        }

        if (reader.IsMalformed || !hasAddress) unknown++;
        return hasAddress;
    }

    public readonly NeighbourFact Build()
    {
        static uint? AgeAt(int offset, ReadOnlySpan<byte> info) => info.IsEmpty ? null : MemoryMarshal.Read<uint>(info[offset..]) / TicksPerSecond;
        return new NeighbourFact(MemoryMarshal.Read<int>(_payload[4..]), Address, StateOf(State))
        {
            LinkLayerAddress = RtnetlinkText.HardwareAddress(_linkLayerAddress),
            Flags = Flags == 0 ? null : Flags,
            ExtendedFlags = _extendedFlags == 0 ? null : _extendedFlags,
            ConfirmedSeconds = AgeAt(0, _cacheInfo),
            UsedSeconds = AgeAt(4, _cacheInfo),
            UpdatedSeconds = AgeAt(8, _cacheInfo),
            Probes = _probes == 0 ? null : _probes,
            Protocol = _protocol == 0 ? null : _protocol,
        };
    }

    /// <summary>NUD_*; the kernel sets one bit at a time.</summary>
    private static string StateOf(ushort state) => state switch
    {
        0 => "NONE",
        0x01 => "INCOMPLETE",
        0x02 => "REACHABLE",
        0x04 => "STALE",
        0x08 => "DELAY",
        0x10 => "PROBE",
        0x20 => "FAILED",
        0x40 => "NOARP",
        0x80 => "PERMANENT",
        _ => $"0x{state:x}",
    };

    private bool Apply(in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case NdaLinkLayerAddress:
                _linkLayerAddress = attribute.Payload;
                return true;
            case NdaCacheInfo:
                if (attribute.Payload.Length < 4 * sizeof(uint)) return false;
                _cacheInfo = attribute.Payload;
                return true;
            case NdaProbes:
                return attribute.TryGetUInt32(out _probes);
            case NdaProtocol:
                return attribute.TryGetByte(out _protocol);
            case NdaExtendedFlags:
                return attribute.TryGetUInt32(out _extendedFlags);
            case NdaDestination:
                return false;
            default:
                return attribute.Type <= NdaHighestKnown;
        }
    }
}
