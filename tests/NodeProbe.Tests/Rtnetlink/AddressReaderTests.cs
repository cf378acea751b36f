// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class AddressReaderTests
{
    [Fact]
    public void Decode_PointToPointAddress_TakesTheOwnEnd()
    {
        // ifaddrmsg: family 2, prefix length 32, flags 0x80, scope 0, index 8
        //   1 IFA_ADDRESS 10.9.0.2    the other end
        //   2 IFA_LOCAL   10.9.0.1
        //   8 IFA_FLAGS   0x80 (permanent)
        var unknown = 0;
        AddressReader.Decode(Wire.Hex("02208000 08000000 08000100 0a090002 08000200 0a090001 08000800 80000000"), ref unknown)
            .ShouldBe(new AddressFact { Link = 8, Address = IpAddr.Parse("10.9.0.1"), PrefixLength = 32, Peer = IpAddr.Parse("10.9.0.2"), Flags = 0x80 });
        unknown.ShouldBe(0);
    }

    [Theory]
    [InlineData(0x40u, true)] // tentative
    [InlineData(0x88u, true)] // permanent, DAD failed
    [InlineData(0x80u, false)]
    public void Decode_IPv6Flags_SayWhetherItCanBeUsed(uint flags, bool unusable)
    {
        // The u8 in the header says "tentative", IFA_FLAGS replaces it.
        var bytes = Wire.Join(Wire.Hex("0a4040fd 03000000"), Wire.Attribute(1, Wire.Hex("fe80 0000 0000 0000 0000 0000 0000 0001")), Wire.Attribute(8, Wire.U32(flags)));
        var unknown = 0;
        var address = AddressReader.Decode(bytes, ref unknown).ShouldNotBeNull();
        address.Address.ShouldBe(IpAddr.Parse("fe80::1"));
        address.Scope.ShouldBe((byte)253);
        address.Unusable.ShouldBe(unusable);
    }

    [Theory]
    [InlineData("02210000 01000000 08000200 0a090001")] // /33
    [InlineData("02200000 01000000 06000200 0a090000")] // two bytes of address
    [InlineData("02200000 01000000")]
    [InlineData("07200000 01000000")] // a bridge's family
    [InlineData("0220")]
    public void Decode_Impossible_IsCountedAndLeftOut(string hex)
    {
        var unknown = 0;
        AddressReader.Decode(Wire.Hex(hex), ref unknown).ShouldBeNull();
        unknown.ShouldBeGreaterThan(0);
    }
}
