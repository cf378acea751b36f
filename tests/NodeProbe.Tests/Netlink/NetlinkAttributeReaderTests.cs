// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

public sealed class NetlinkAttributeReaderTests
{
    [Fact]
    public void TryRead_TwoAttributes_GivesTypesAndPayloadsWithoutPadding()
    {
        // 0500 0300 'a' pad3        length 5, type 3
        // 0800 0480 01000000        length 8, type 4 with NLA_F_NESTED
        var reader = new NetlinkAttributeReader(Wire.Hex("05000300 61000000 08000480 01000000"));

        reader.TryRead(out var first).ShouldBeTrue();
        first.Type.ShouldBe((ushort)3);
        first.Payload.ToArray().ShouldBe([0x61]);
        reader.TryRead(out var second).ShouldBeTrue();
        second.Type.ShouldBe((ushort)4);
        second.TryGetUInt32(out var value).ShouldBeTrue();
        value.ShouldBe(1u);
        reader.TryRead(out _).ShouldBeFalse();
        reader.IsMalformed.ShouldBeFalse();
    }

    [Fact]
    public void TryRead_LastAttributeWithoutPadding_IsWhole()
    {
        var reader = new NetlinkAttributeReader(Wire.Hex("05000300 61"));
        reader.TryRead(out var attribute).ShouldBeTrue();
        attribute.Payload.Length.ShouldBe(1);
        reader.TryRead(out _).ShouldBeFalse();
        reader.IsMalformed.ShouldBeFalse();
    }

    [Fact]
    public void TryRead_LengthFour_IsAnEmptyAttribute()
    {
        var reader = new NetlinkAttributeReader(Wire.Hex("04000900"));
        reader.TryRead(out var flag).ShouldBeTrue();
        flag.Type.ShouldBe((ushort)9);
        flag.Payload.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("03000900")] // shorter than its own header
    [InlineData("00000900")] // would never advance
    [InlineData("09000900 61000000")] // longer than the rest
    [InlineData("0500")] // half a header
    public void TryRead_ImpossibleLength_IsMalformedAndEnds(string hex)
    {
        var reader = new NetlinkAttributeReader(Wire.Hex(hex));
        reader.TryRead(out _).ShouldBeFalse();
        reader.IsMalformed.ShouldBeTrue();
        reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void TypedGetters_WrongLength_RefuseTheValue()
    {
        var three = new NetlinkAttribute(1, Wire.Hex("010203"));
        three.TryGetByte(out _).ShouldBeFalse();
        three.TryGetUInt16(out _).ShouldBeFalse();
        three.TryGetUInt32(out _).ShouldBeFalse();
        three.TryGetUInt64(out _).ShouldBeFalse();
        three.TryGetUInt32BigEndian(out _).ShouldBeFalse();
        new NetlinkAttribute(1, Wire.Hex("00000102")).TryGetUInt32BigEndian(out var big).ShouldBeTrue();
        big.ShouldBe(0x102u);
    }

    [Theory]
    [InlineData("65746830 00", true, "eth0")]
    [InlineData("65746830", true, "eth0")] // the NUL may be missing
    [InlineData("00", false, "")]
    [InlineData("", false, "")]
    [InlineData("6161616161616161616161616161616161", false, "")] // 17 bytes, limit 15
    public void TryGetString_StopsAtNulAndLimit(string hex, bool ok, string expected)
    {
        new NetlinkAttribute(1, Wire.Hex(hex)).TryGetString(15, out var text).ShouldBe(ok);
        text.ShouldBe(expected);
    }
}
