// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

public sealed class NetlinkMessageReaderTests
{
    [Fact]
    public void TryRead_LastMessageUnaligned_IsReadWithoutItsPadding()
    {
        var first = Wire.UnpaddedMessage(20, 2, 7, [1, 2, 3, 4]);
        var last = Wire.UnpaddedMessage(20, 2, 7, [9]);
        var reader = new NetlinkMessageReader(Wire.Join(first, last));

        reader.TryRead(out var message).ShouldBeTrue();
        message.Sequence.ShouldBe(7u);
        message.Payload.ToArray().ShouldBe([1, 2, 3, 4]);
        reader.TryRead(out message).ShouldBeTrue();
        message.Payload.ToArray().ShouldBe([9]);
        reader.TryRead(out _).ShouldBeFalse();
        reader.IsMalformed.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(15u)]
    [InlineData(17u)]
    [InlineData(uint.MaxValue)]
    public void TryRead_LengthThatDoesNotFit_IsMalformed(uint length)
    {
        var bytes = Wire.UnpaddedMessage(20, 2, 7);
        Wire.U32(length).CopyTo(bytes, 0);
        var reader = new NetlinkMessageReader(bytes);
        reader.TryRead(out _).ShouldBeFalse();
        reader.IsMalformed.ShouldBeTrue();
    }

    [Fact]
    public void Writer_RequestWithAttributes_IsReadBackTheSame()
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[64], 26, NetlinkConstants.FlagDump);
        writer.WriteHeader([10, 0, 0, 0, 0]);
        writer.WriteAttribute(15, 51820u);
        writer.WriteString(2, "wg0");
        var bytes = writer.Complete();

        // length 16 + 8 (header of 5 bytes, padded) + 8 + 8; RTM_GETROUTE; NLM_F_REQUEST | NLM_F_DUMP
        bytes.ToArray().ShouldBe(Wire.Hex("28000000 1a000103 00000000 00000000  0a000000 00000000  08000f00 6cca0000  08000200 77673000"));
    }
}
