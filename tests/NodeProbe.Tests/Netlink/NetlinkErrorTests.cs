// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

public sealed class NetlinkErrorTests
{
    private static readonly byte[] Echo = Wire.UnpaddedMessage(26, 1, 3, [1, 2, 3, 4, 5]);
    private static readonly byte[] Tlvs = Wire.Join(Wire.Attribute(1, Wire.Text("Invalid\nprefix")), Wire.Attribute(2, Wire.U32(20)));

    [Fact]
    public void TryReadError_WholeEchoThenTlvs_SkipsTheAlignedEcho()
    {
        var error = Read(NetlinkConstants.FlagAckTlvs, Wire.I32(-22), Echo, new byte[3], Tlvs);
        error.ShouldBe(new NetlinkError(22, "Invalid prefix", 20));
    }

    [Fact]
    public void TryReadError_Capped_FindsTlvsRightAfterTheEchoedHeader()
    {
        var error = Read(NetlinkConstants.FlagAckTlvs | NetlinkConstants.FlagCapped, Wire.I32(-22), Echo[..16], Tlvs);
        error.ShouldBe(new NetlinkError(22, "Invalid prefix", 20));
    }

    [Fact]
    public void TryReadError_WithoutTheFlag_LooksForNoTlvs() =>
        Read(NetlinkConstants.FlagCapped, Wire.I32(-22), Echo[..16], Tlvs).ShouldBe(new NetlinkError(22));

    [Fact]
    public void TryReadError_TlvLongerThanTheRest_KeepsTheErrno()
    {
        var broken = Wire.Join(Wire.U16(400), Wire.U16(1), "abc"u8.ToArray());
        Read(NetlinkConstants.FlagAckTlvs | NetlinkConstants.FlagCapped, Wire.I32(-1), Echo[..16], broken).ShouldBe(new NetlinkError(1));
    }

    [Fact]
    public void TryReadError_EchoedLengthBeyondTheMessage_KeepsTheErrno()
    {
        var echo = (byte[])Echo.Clone();
        Wire.U32(0x7fffffff).CopyTo(echo, 0);
        Read(NetlinkConstants.FlagAckTlvs, Wire.I32(-1), echo, Tlvs).ShouldBe(new NetlinkError(1));
    }

    [Theory]
    [InlineData(-101, 101)]
    [InlineData(101, 101)] // some subsystems answer with the positive number
    [InlineData(0, 0)]
    [InlineData(int.MinValue, int.MaxValue)]
    public void TryReadError_Code_IsMadePositive(int code, int errno) => Read(0, Wire.I32(code)).Errno.ShouldBe(errno);

    [Fact]
    public void TryReadError_NoCode_IsRefused()
    {
        var message = new NetlinkMessage { Type = 2, Flags = 0, Sequence = 1, Payload = [1, 2] };
        NetlinkError.TryReadError(message, out _).ShouldBeFalse();
    }

    [Fact]
    public void ReadDone_EmptyOrWithCodeAndTlvs_IsUnderstood()
    {
        NetlinkError.ReadDone(new NetlinkMessage { Type = 3, Flags = 2, Sequence = 1, Payload = [] }).Errno.ShouldBe(0);
        NetlinkError.ReadDone(new NetlinkMessage { Type = 3, Flags = NetlinkConstants.FlagAckTlvs, Sequence = 1, Payload = Wire.Join(Wire.I32(-90), Tlvs) })
            .ShouldBe(new NetlinkError(90, "Invalid prefix", 20));
    }

    private static NetlinkError Read(int flags, params byte[][] payload)
    {
        var message = new NetlinkMessage { Type = 2, Flags = (ushort)flags, Sequence = 1, Payload = Wire.Join(payload) };
        NetlinkError.TryReadError(message, out var error).ShouldBeTrue();
        return error;
    }
}
