// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Commands and attributes of linux/wireguard.h.</summary>
internal static class WireGuardAttributes
{
    /// <summary>WG_GENL_NAME.</summary>
    public const string FamilyName = "wireguard";

    /// <summary>WG_GENL_VERSION.</summary>
    public const byte FamilyVersion = 1;

    /// <summary>WG_CMD_GET_DEVICE; only as a dump.</summary>
    public const byte CommandGetDevice = 0;

    /// <summary>WG_KEY_LEN.</summary>
    public const int KeySize = 32;

    /// <summary>WGDEVICE_A_IFNAME.</summary>
    public const ushort DeviceName = 2;

    /// <summary>WGDEVICE_A_PUBLIC_KEY.</summary>
    public const ushort DevicePublicKey = 4;

    /// <summary>WGDEVICE_A_LISTEN_PORT.</summary>
    public const ushort DeviceListenPort = 6;

    /// <summary>WGDEVICE_A_FWMARK.</summary>
    public const ushort DeviceMark = 7;

    /// <summary>WGDEVICE_A_PEERS; also the highest known number.</summary>
    public const ushort DevicePeers = 8;

    /// <summary>WGPEER_A_PUBLIC_KEY.</summary>
    public const ushort PeerPublicKey = 1;

    /// <summary>WGPEER_A_PRESHARED_KEY; present and all zero when there is none.</summary>
    public const ushort PeerPresharedKey = 2;

    /// <summary>WGPEER_A_ENDPOINT: struct sockaddr_in or sockaddr_in6.</summary>
    public const ushort PeerEndpoint = 4;

    /// <summary>WGPEER_A_PERSISTENT_KEEPALIVE_INTERVAL.</summary>
    public const ushort PeerKeepalive = 5;

    /// <summary>WGPEER_A_LAST_HANDSHAKE_TIME: struct __kernel_timespec.</summary>
    public const ushort PeerLastHandshake = 6;

    /// <summary>WGPEER_A_RX_BYTES.</summary>
    public const ushort PeerReceived = 7;

    /// <summary>WGPEER_A_TX_BYTES.</summary>
    public const ushort PeerSent = 8;

    /// <summary>WGPEER_A_ALLOWEDIPS.</summary>
    public const ushort PeerAllowedIps = 9;

    /// <summary>WGPEER_A_PROTOCOL_VERSION; also the highest known number.</summary>
    public const ushort PeerProtocolVersion = 10;

    /// <summary>WGALLOWEDIP_A_FAMILY.</summary>
    public const ushort AllowedIpFamily = 1;

    /// <summary>WGALLOWEDIP_A_IPADDR.</summary>
    public const ushort AllowedIpAddress = 2;

    /// <summary>WGALLOWEDIP_A_CIDR_MASK.</summary>
    public const ushort AllowedIpLength = 3;
}
