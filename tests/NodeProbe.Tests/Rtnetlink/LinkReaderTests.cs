// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Rtnetlink.Links;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class LinkReaderTests
{
    [Fact]
    public void Decode_WireGuardLink_GivesEveryField()
    {
        // ifinfomsg: family 0, type 0xfffe (ARPHRD_NONE), index 7, flags 0x100d1 (UP, POINTOPOINT, RUNNING, NOARP, LOWER_UP), change 0
        //   3 IFLA_IFNAME "wg0"
        //   4 IFLA_MTU 1420
        //   5 IFLA_LINK 0            bound to no device
        //  10 IFLA_MASTER 3
        //  16 IFLA_OPERSTATE 0
        //  18 IFLA_LINKINFO (nested)
        //       1 IFLA_INFO_KIND "wireguard"
        //  37 IFLA_LINK_NETNSID 0
        var bytes = Wire.Hex("""
            0000feff 07000000 d1000100 00000000
            08000300 77673000
            08000400 8c050000
            08000500 00000000
            08000a00 03000000
            05001000 00000000
            14001280 0e000100 77697265677561726400 0000
            08002500 00000000
            """);
        var unknown = 0;

        LinkReader.Decode(bytes, ref unknown).ShouldBe(new LinkFact
        {
            Index = 7,
            Name = "wg0",
            Kind = "wireguard",
            Up = true,
            LowerUp = true,
            PointToPoint = true,
            OperState = "UNKNOWN",
            Mtu = 1420,
            Master = 3,
            PeerInOtherNamespace = true,
            PeerNamespaceId = 0,
            Flags = 0x100d1,
            HardwareType = 0xfffe,
        });
        unknown.ShouldBe(0);
    }

    [Theory]
    [InlineData(3)] // shorter than any kernel sends
    [InlineData(14)]
    [InlineData(25)] // Linux 6.x
    [InlineData(40)] // some kernel to come
    public void Decode_Stats64OfAnyLength_ReadsWhatIsThere(int count)
    {
        var stats = Wire.Join([.. Enumerable.Range(1, count).Select(i => Wire.U64((ulong)i))]);
        var link = Decode(Wire.Attribute(23, stats), out var unknown);

        var counters = link.Counters.ShouldNotBeNull();
        counters.RxPackets.Value.ShouldBe(1ul);
        counters.RxBytes.Value.ShouldBe(3ul);
        counters.TxErrors.Value.ShouldBe(count >= 6 ? 6ul : 0);
        counters.RxLengthErrors.Value.ShouldBe(count >= 11 ? 11ul : 0);
        counters.RxFrameErrors.Value.ShouldBe(count >= 14 ? 14ul : 0);
        counters.RxFrameErrors.Growth.ShouldBeNull();
        unknown.ShouldBe(0);
    }

    [Fact]
    public void Decode_UnknownAndMisshapenAttributes_AreCountedAndHarmless()
    {
        var link = Decode(
            Wire.Join(Wire.Attribute(999, [1]), Wire.Attribute(4, [1, 2]), Wire.Attribute(16, [77]), Wire.Attribute(18, [1, 2, 3])), out var unknown);
        link.Name.ShouldBe("x");
        link.Mtu.ShouldBe(0);
        unknown.ShouldBe(4);
    }

    [Fact]
    public void Decode_WithoutName_IsNoLink()
    {
        var unknown = 0;
        LinkReader.Decode(new byte[16], ref unknown).ShouldBeNull();
        LinkReader.Decode(new byte[15], ref unknown).ShouldBeNull();
        unknown.ShouldBe(2);
    }

    private static LinkFact Decode(byte[] attributes, out int unknown)
    {
        unknown = 0;
        return LinkReader.Decode(Wire.Join(new byte[16], Wire.Attribute(3, Wire.Text("x")), attributes), ref unknown).ShouldNotBeNull();
    }
}
