// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// Takes out of a dump of links and one of addresses the little that a summary needs. It is used again for one namespace after the
/// other and makes no objects for ordinary devices.
/// </summary>
internal sealed class NamespaceSummaryHandler : INetlinkMessageHandler
{
    /// <summary>The most addresses that are kept.</summary>
    public const int MaxAddresses = 8;

    /// <summary>The most TUN devices whose names are kept.</summary>
    public const int MaxTuns = 64;

    private const ushort IflaName = 3;
    private const ushort IflaMtu = 4;
    private const ushort IflaLinkInfo = 18;
    private const ushort IflaInfoKind = 1;
    private const ushort IfaAddress = 1;
    private const ushort IfaLocal = 2;
    private const uint IffLoopback = 0x8;
    private const byte ScopeLink = 253;

    private readonly Dictionary<int, int> _mtus = [];
    private readonly List<IpAddr> _addresses = [];
    private readonly List<string> _tuns = [];
    private bool _addressDump;

    /// <summary>Number of devices.</summary>
    public int Links { get; private set; }

    /// <summary>Number of devices of kind <c>wireguard</c>.</summary>
    public int WireGuards { get; private set; }

    public IReadOnlyList<string> Tuns => _tuns;

    public IReadOnlyList<IpAddr> Addresses => _addresses;

    /// <summary>MTU of the first device with an address; null when there is none.</summary>
    public int? Mtu { get; private set; }

    /// <summary>Says which dump comes next.</summary>
    public void Expect(bool addresses) => _addressDump = addresses;

    public void Begin()
    {
        _addresses.Clear();
        Mtu = null;
        if (_addressDump) return;
        _mtus.Clear();
        _tuns.Clear();
        (Links, WireGuards) = (0, 0);
    }

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type == RtnetlinkTypes.NewLink && message.Payload.Length >= RtnetlinkTypes.LinkHeaderSize) HandleLink(message.Payload);
        else if (message.Type == RtnetlinkTypes.NewAddress && message.Payload.Length >= RtnetlinkTypes.AddressHeaderSize) HandleAddress(message.Payload);
    }

    private void HandleLink(ReadOnlySpan<byte> payload)
    {
        Links++;
        if ((MemoryMarshal.Read<uint>(payload[8..]) & IffLoopback) != 0) return;
        ReadOnlySpan<byte> kind = [];
        ReadOnlySpan<byte> name = [];
        var mtu = 0;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.LinkHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IflaName) name = attribute.Payload;
            else if (attribute.Type == IflaMtu) _ = attribute.TryGetInt32(out mtu);
            else if (attribute.Type == IflaLinkInfo) kind = KindOf(attribute);
        }

        _mtus[MemoryMarshal.Read<int>(payload[4..])] = mtu;
        if (kind.SequenceEqual("wireguard"u8)) WireGuards++;
        else if (kind.SequenceEqual("tun"u8) && _tuns.Count < MaxTuns) _tuns.Add(System.Text.Encoding.UTF8.GetString(name.TrimEnd((byte)0)));
    }

    private static ReadOnlySpan<byte> KindOf(NetlinkAttribute info)
    {
        var reader = info.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IflaInfoKind) return attribute.Payload.TrimEnd((byte)0);
        }

        return [];
    }

    private void HandleAddress(ReadOnlySpan<byte> payload)
    {
        // Only of devices that are known not to be loopback; link-local addresses tell nothing about whose namespace it is.
        if (_addresses.Count == MaxAddresses || payload[3] >= ScopeLink || !RtnetlinkAddress.TryFamily(payload[0], out var family)) return;
        if (!_mtus.TryGetValue(MemoryMarshal.Read<int>(payload[4..]), out var mtu)) return;
        IpAddr? address = null;
        IpAddr? local = null;
        var reader = new NetlinkAttributeReader(payload[RtnetlinkTypes.AddressHeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == IfaAddress && RtnetlinkAddress.TryRead(family, attribute.Payload, out var value)) address = value;
            else if (attribute.Type == IfaLocal && RtnetlinkAddress.TryRead(family, attribute.Payload, out value)) local = value;
        }

        if ((local ?? address) is not { } own) return;
        _addresses.Add(own);
        Mtu ??= mtu;
    }
}
