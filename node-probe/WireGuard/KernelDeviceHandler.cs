// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// Takes the messages of one WG_CMD_GET_DEVICE dump. The first message has the device's attributes; whether later ones repeat
/// the name depends on the kernel. Key material stays in the receive buffer, which the connection clears:
/// the private key is not looked at (a device without one has no public key either), a preshared key only for being zero and for its fingerprint.
/// </summary>
internal sealed class KernelDeviceHandler(string name, ushort family) : INetlinkMessageHandler
{
    private WireGuardDeviceBuilder _device = New(name);
    private int _unknown;

    /// <summary>Messages and attributes that were not understood.</summary>
    public int Unknown => _unknown;

    public WireGuardDeviceFact Device => _device.Build();

    public void Begin() => (_device, _unknown) = (New(name), 0);

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != family || message.Payload.Length < GenericNetlink.HeaderSize || message.Payload[0] != WireGuardAttributes.CommandGetDevice)
        {
            _unknown++;
            return;
        }

        var reader = new NetlinkAttributeReader(message.Payload[GenericNetlink.HeaderSize..]);
        while (reader.TryRead(out var attribute))
        {
            if (!ApplyToDevice(attribute)) _unknown++;
        }

        if (reader.IsMalformed) _unknown++;
    }

    private static WireGuardDeviceBuilder New(string name) => new(name, WireGuardImplementation.Kernel);

    private bool ApplyToDevice(in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case WireGuardAttributes.DevicePublicKey:
                if (attribute.Payload.Length != WireGuardAttributes.KeySize) return false;
                _device.PublicKey = Convert.ToBase64String(attribute.Payload);
                return true;
            case WireGuardAttributes.DeviceListenPort:
                if (!attribute.TryGetUInt16(out var port)) return false;
                _device.ListenPort = port;
                return true;
            case WireGuardAttributes.DeviceMark:
                if (!attribute.TryGetUInt32(out var mark)) return false;
                _device.FirewallMark = mark;
                return true;
            case WireGuardAttributes.DevicePeers:
                return ReadPeers(attribute);
            default:
                return attribute.Type <= WireGuardAttributes.DevicePeers;
        }
    }

    private bool ReadPeers(in NetlinkAttribute peers)
    {
        var elements = peers.Nested();
        while (elements.TryRead(out var element))
        {
            if (!ReadPeer(element)) _unknown++;
        }

        return !elements.IsMalformed;
    }

    private bool ReadPeer(in NetlinkAttribute element)
    {
        // The key decides which peer the rest belongs to, wherever it stands.
        WireGuardPeerBuilder? peer = null;
        var search = element.Nested();
        while (peer is null && search.TryRead(out var candidate))
        {
            if (candidate.Type == WireGuardAttributes.PeerPublicKey && candidate.Payload.Length == WireGuardAttributes.KeySize)
                peer = _device.Peer(Convert.ToBase64String(candidate.Payload));
        }

        if (peer is null) return false;
        var reader = element.Nested();
        while (reader.TryRead(out var attribute))
        {
            if (!ApplyToPeer(peer, attribute)) _unknown++;
        }

        return !reader.IsMalformed;
    }

    private bool ApplyToPeer(WireGuardPeerBuilder peer, in NetlinkAttribute attribute)
    {
        switch (attribute.Type)
        {
            case WireGuardAttributes.PeerPresharedKey:
                if (attribute.Payload.Length != WireGuardAttributes.KeySize) return false;
                peer.SetPresharedKey(_device.PublicKey, attribute.Payload);
                return true;
            case WireGuardAttributes.PeerEndpoint:
                if (!SocketAddress.TryDecode(attribute.Payload, out var endpoint)) return false;
                peer.SetEndpoint(endpoint);
                return true;
            case WireGuardAttributes.PeerKeepalive:
                if (!attribute.TryGetUInt16(out var seconds)) return false;
                peer.SetKeepalive(seconds);
                return true;
            case WireGuardAttributes.PeerLastHandshake:
                return ReadHandshake(peer, attribute.Payload);
            case WireGuardAttributes.PeerReceived:
                if (!attribute.TryGetUInt64(out var received)) return false;
                peer.SetReceived(received);
                return true;
            case WireGuardAttributes.PeerSent:
                if (!attribute.TryGetUInt64(out var sent)) return false;
                peer.SetSent(sent);
                return true;
            case WireGuardAttributes.PeerAllowedIps:
                return AllowedIpDecoder.ReadAll(attribute, peer, ref _unknown);
            default:
                // 0 is the padding before 64-bit values.
                return attribute.Type <= WireGuardAttributes.PeerProtocolVersion;
        }
    }

    /// <summary>struct __kernel_timespec, two 64-bit values; early out-of-tree modules on 32-bit kernels had two 32-bit ones.</summary>
    private static bool ReadHandshake(WireGuardPeerBuilder peer, ReadOnlySpan<byte> payload) => payload.Length switch
    {
        16 => peer.TrySetHandshake(MemoryMarshal.Read<long>(payload), MemoryMarshal.Read<long>(payload[8..])),
        8 => peer.TrySetHandshake(MemoryMarshal.Read<int>(payload), MemoryMarshal.Read<int>(payload[4..])),
        _ => false,
    };
}
