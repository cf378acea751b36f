// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cluster;

/// <summary>The annotations in which pod networks publish keys and endpoints. Others are not kept: nodes carry a lot of them.</summary>
public static class KnownAnnotations
{
    /// <summary>Longest value that is kept; a key with its JSON takes some 80 characters.</summary>
    public const int ValueLimit = 1024;

    internal const string FlannelBackendType = "flannel.alpha.coreos.com/backend-type";
    internal const string FlannelBackendData = "flannel.alpha.coreos.com/backend-data";
    internal const string FlannelBackendV6Data = "flannel.alpha.coreos.com/backend-v6-data";
    internal const string FlannelPublicIp = "flannel.alpha.coreos.com/public-ip";
    internal const string FlannelPublicIpV6 = "flannel.alpha.coreos.com/public-ipv6";
    internal const string CalicoKey = "projectcalico.org/WireguardPublicKey";
    internal const string CalicoKeyV6 = "projectcalico.org/WireguardPublicKeyV6";
    internal const string CalicoTunnelAddress = "projectcalico.org/IPv4WireguardInterfaceAddr";
    internal const string CalicoTunnelAddressV6 = "projectcalico.org/IPv6WireguardInterfaceAddr";
    internal const string CalicoAddress = "projectcalico.org/IPv4Address";
    internal const string CalicoAddressV6 = "projectcalico.org/IPv6Address";
    internal const string CiliumKey = "network.cilium.io/wg-pub-key";
    internal const string CiliumOldKey = "io.cilium.network.wg-pub-key";
    internal const string AntreaKey = "node.antrea.io/wireguard-public-key";
    internal const string KiloKey = "kilo.squat.ai/key";
    internal const string KiloEndpoint = "kilo.squat.ai/endpoint";
    internal const string KiloForceEndpoint = "kilo.squat.ai/force-endpoint";
    internal const string KiloLastSeen = "kilo.squat.ai/last-seen";
    internal const string KiloLeader = "kilo.squat.ai/leader";
    internal const string KiloLocation = "kilo.squat.ai/location";
    internal const string KiloGranularity = "kilo.squat.ai/granularity";
    internal const string KiloAddress = "kilo.squat.ai/wireguard-ip";

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> Keys { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        FlannelBackendType, FlannelBackendData, FlannelBackendV6Data, FlannelPublicIp, FlannelPublicIpV6,
        CalicoKey, CalicoKeyV6, CalicoTunnelAddress, CalicoTunnelAddressV6, CalicoAddress, CalicoAddressV6,
        CiliumKey, CiliumOldKey, AntreaKey,
        KiloKey, KiloEndpoint, KiloForceEndpoint, KiloLastSeen, KiloLeader, KiloLocation, KiloGranularity, KiloAddress,
    };
}
