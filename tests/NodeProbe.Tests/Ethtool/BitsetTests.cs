// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Ethtool;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Ethtool;

public sealed class BitsetTests
{
    [Fact]
    public void TryRead_Compact_HasTheBitsUpToItsSize()
    {
        // 2 SIZE 34;  4 VALUE 0x00000005 0xffffffff: of the second word only two bits are inside
        var bits = Read(Wire.Join(Wire.Attribute(2, Wire.U32(34)), Wire.Attribute(4, Wire.U32(5), Wire.U32(uint.MaxValue))), out var understood);
        understood.ShouldBeTrue();
        Enumerable.Range(0, 70).Where(bit => bits[bit]).ShouldBe([0, 2, 32, 33]);
    }

    [Fact]
    public void TryRead_VerboseWithMask_HasTheBitsWithAValue()
    {
        // 2 SIZE 64;  3 BITS { 1 BIT { 1 INDEX 3, 2 NAME, 3 VALUE }, 1 BIT { 1 INDEX 40 } }: bit 40 is in the mask and off
        var list = Wire.Join(
            Wire.Attribute(1, Wire.Attribute(1, Wire.U32(3)), Wire.Attribute(2, Wire.Text("tx")), Wire.Attribute(3)), Wire.Attribute(1, Wire.Attribute(1, Wire.U32(40))));
        var bits = Read(Wire.Join(Wire.Attribute(2, Wire.U32(64)), Wire.Attribute(3, list)), out _);
        Enumerable.Range(0, 64).Where(bit => bits[bit]).ShouldBe([3]);
    }

    [Fact]
    public void TryRead_VerboseWithoutMask_HasEveryBitNamed()
    {
        var list = Wire.Join(Wire.Attribute(1, Wire.Attribute(1, Wire.U32(3))), Wire.Attribute(1, Wire.Attribute(1, Wire.U32(40))));
        var bits = Read(Wire.Join(Wire.Attribute(1), Wire.Attribute(2, Wire.U32(64)), Wire.Attribute(3, list)), out _);
        Enumerable.Range(0, 64).Where(bit => bits[bit]).ShouldBe([3, 40]);
    }

    [Theory]
    [InlineData("08000200 ffffffff")] // more bits than there are features
    [InlineData("07000400 010203")] // no whole word
    [InlineData("10000300 0c000100 08000100 ffffffff")] // a bit far outside
    [InlineData("0c000300 08000100 04000300")] // a bit without a number
    [InlineData("0300")]
    public void TryRead_Impossible_IsRefused(string hex)
    {
        Read(Wire.Hex(hex), out var understood);
        understood.ShouldBeFalse();
    }

    private static Bitset Read(byte[] bytes, out bool understood)
    {
        understood = Bitset.TryRead(new NetlinkAttribute(2, bytes), out var bits);
        return bits;
    }
}
