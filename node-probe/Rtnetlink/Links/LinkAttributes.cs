// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Rtnetlink.Links;

/// <summary>IFLA_*, IFLA_INFO_* and IFLA_XDP_* of linux/if_link.h.</summary>
internal static class LinkAttributes
{
    public const ushort Address = 1;
    public const ushort Name = 3;
    public const ushort Mtu = 4;
    public const ushort Link = 5;
    public const ushort Qdisc = 6;
    public const ushort Master = 10;
    public const ushort TxQueueLength = 13;
    public const ushort OperState = 16;
    public const ushort LinkInfo = 18;
    public const ushort Alias = 20;
    public const ushort Stats64 = 23;
    public const ushort Group = 27;
    public const ushort TxQueues = 31;
    public const ushort RxQueues = 32;
    public const ushort CarrierChanges = 35;
    public const ushort LinkNamespaceId = 37;
    public const ushort GsoMaxSegments = 40;
    public const ushort GsoMaxSize = 41;
    public const ushort Xdp = 43;
    public const ushort MinMtu = 50;
    public const ushort MaxMtu = 51;
    public const ushort PropertyList = 52;
    public const ushort AlternativeName = 53;
    public const ushort GroMaxSize = 58;
    public const ushort TsoMaxSize = 59;
    public const ushort TsoMaxSegments = 60;
    public const ushort GsoIpv4MaxSize = 63;
    public const ushort GroIpv4MaxSize = 64;

    /// <summary>Attributes up to here are known and left aside on purpose (Linux 6.18: IFLA_TAILROOM).</summary>
    public const ushort HighestKnown = 70;

    public const ushort InfoKind = 1;
    public const ushort InfoData = 2;
    public const ushort InfoSlaveKind = 4;

    public const ushort XdpAttached = 2;
    public const ushort XdpProgramId = 4;
    public const ushort XdpDriverProgramId = 5;
    public const ushort XdpGenericProgramId = 6;
    public const ushort XdpHardwareProgramId = 7;
}
