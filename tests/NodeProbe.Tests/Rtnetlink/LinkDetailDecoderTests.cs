// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Links;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>Kinds of devices that the machine of the tests may not have, as bytes by their kernel headers.</summary>
public sealed class LinkDetailDecoderTests
{
    [Fact]
    public void Decode_Geneve_HasIdRemoteAndPort() =>
        // 1 ID 7;  2 REMOTE 192.0.2.9;  3 TTL 64;  5 PORT 6081 (network order);  8 UDP_CSUM 1;  13 DF 2
        Decode("geneve", "08000100 07000000 08000200 c0000209 05000300 40000000 06000500 17c10000 05000800 01000000 05000d00 02000000").Overlay.ShouldBe(
            new OverlayDetail { Id = 7, Remote = IpAddr.Parse("192.0.2.9"), Ttl = 64, Port = 6081, UdpChecksum = true, DontFragment = "inherit" });

    [Fact]
    public void Decode_GeneveThatTakesMetadata_HasNoId() =>
        Decode("geneve", "08000100 00000000 04000600").Overlay.ShouldBe(new OverlayDetail { CollectMetadata = true });

    [Fact]
    public void Decode_Ipip_HasEndsAndEncapsulation() =>
        // 2 LOCAL, 3 REMOTE, 10 PMTUDISC 1, 15 ENCAP_TYPE 1 (FOU), 18 ENCAP_DPORT 5555, 20 FWMARK 9
        Decode("ipip", "08000200 c0000201 08000300 c0000202 05000a00 01000000 06000f00 01000000 06001200 15b30000 08001400 09000000").IpTunnel.ShouldBe(
            new IpTunnelDetail
            {
                Local = IpAddr.Parse("192.0.2.1"),
                Remote = IpAddr.Parse("192.0.2.2"),
                PathMtuDiscovery = true,
                EncapsulationType = 1,
                EncapsulationPort = 5555,
                Mark = 9,
            });

    [Theory]
    [InlineData("20000000", 77u)]
    [InlineData("00000000", null)] // the key is sent and not used
    public void Decode_Gre_HasTheKeyOnlyWhenItIsUsed(string flags, uint? key) =>
        // 2 IFLAGS, 4 IKEY 77, 3 OFLAGS 0, 5 OKEY 0
        Decode("gre", $"06000200 {flags} 08000400 0000004d 06000300 00000000 08000500 00000000").IpTunnel.ShouldBe(new IpTunnelDetail { InputKey = key });

    [Fact]
    public void Decode_SmallKinds_HaveTheirNumber()
    {
        Decode("vlan", "06000100 07000000 06000500 88a80000").Vlan.ShouldBe(new VlanDetail(7, 0x88a8));
        Decode("vrf", "08000100 0a000000").VrfTable.ShouldBe(10u);
        Decode("xfrm", "08000200 07000000").XfrmInterfaceId.ShouldBe(7u);
        Decode("ipvlan", "06000100 01000000").SharingMode.ShouldBe("l3");
        var bond = Decode("bond", "05000100 01000000 08000200 04000000");
        (bond.BondMode, bond.BondActiveLink).ShouldBe(("active-backup", 4));
        Decode("vti", "08000400 c0000201 08000500 00000000").IpTunnel.ShouldBe(new IpTunnelDetail { Local = IpAddr.Parse("192.0.2.1") });
    }

    [Theory]
    [InlineData("vxlan", "06000100 07000000")] // an id of two bytes
    [InlineData("geneve", "05000d00 07000000")] // a DF nobody knows
    [InlineData("macvlan", "08000100 03000000")] // two modes at once
    [InlineData("tun", "05000300 09000000")]
    [InlineData("bridge", "0300")]
    public void Decode_Misshapen_IsCounted(string kind, string hex)
    {
        var unknown = 0;
        LinkDetailDecoder.Decode(kind, new NetlinkAttribute(2, Wire.Hex(hex)), ref unknown).ShouldNotBeNull();
        unknown.ShouldBe(1);
    }

    [Fact]
    public void TryDecode_XdpInTwoModes_HasBothPrograms()
    {
        // 2 ATTACHED 4 (several), 5 DRV_PROG_ID 11, 6 SKB_PROG_ID 12
        XdpDecoder.TryDecode(new NetlinkAttribute(43, Wire.Hex("05000200 04000000 08000500 0b000000 08000600 0c000000")), out var fact).ShouldBeTrue();
        fact.ShouldBe(new XdpFact("multiple", null, 11, 12));
        XdpDecoder.TryDecode(new NetlinkAttribute(43, Wire.Hex("05000200 00000000")), out var none).ShouldBeTrue();
        none.ShouldBeNull();
    }

    private static LinkDetailFact Decode(string kind, string hex)
    {
        var unknown = 0;
        var detail = LinkDetailDecoder.Decode(kind, new NetlinkAttribute(2, Wire.Hex(hex)), ref unknown).ShouldNotBeNull();
        unknown.ShouldBe(0);
        return detail;
    }
}
