// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class NeighbourReaderTests
{
    [Theory]
    [InlineData("0100", "INCOMPLETE")]
    [InlineData("2000", "FAILED")]
    [InlineData("8000", "PERMANENT")]
    [InlineData("0000", "NONE")]
    [InlineData("0081", "0x8100")]
    public void Decode_Entry_HasAddressLinkAndState(string state, string word)
    {
        // ndmsg: family 2, 3 pad, index 4, state, flags 0, type 1
        //   1 NDA_DST 10.1.0.254
        //   2 NDA_LLADDR 02:00:00:00:00:fe
        var unknown = 0;
        NeighbourReader.Decode(Wire.Hex($"02000000 04000000 {state}0001 08000100 0a0100fe 0a000200 0200000000fe0000"), ref unknown)
            .ShouldBe(new NeighbourFact(4, IpAddr.Parse("10.1.0.254"), word) { LinkLayerAddress = "02:00:00:00:00:fe" });
        unknown.ShouldBe(0);
    }

    [Theory]
    [InlineData("02000000 04000000 01000001")] // no address
    [InlineData("02000000 04000000 01000001 06000100 0a010000")] // half an address
    [InlineData("07000000 04000000 01000001")] // a bridge's entry
    public void Decode_WithoutAddress_IsCountedAndLeftOut(string hex)
    {
        var unknown = 0;
        NeighbourReader.Decode(Wire.Hex(hex), ref unknown).ShouldBeNull();
        unknown.ShouldBeGreaterThan(0);
    }
}
