// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netlink;

public sealed class GenericNetlinkTests : IDisposable
{
    private readonly FakeNetlinkTransport _transport = new();

    public void Dispose() => _transport.Dispose();

    [Fact]
    public void TryResolve_KnownFamily_GivesItsNumber()
    {
        // nlmsghdr: length 52, type 0x10 (GENL_ID_CTRL), flags 0, sequence set by the fake, port 0
        // genlmsghdr: command 1 (CTRL_CMD_NEWFAMILY), version 2
        //   2 CTRL_ATTR_FAMILY_NAME "wireguard"
        //   1 CTRL_ATTR_FAMILY_ID   0x0025
        //   3 CTRL_ATTR_VERSION     1
        _transport.Enqueue(Wire.Hex("34000000 10000000 00000000 00000000  01020000  0e000200 77697265677561726400 0000  06000100 25000000  08000300 01000000"));
        using var connection = new NetlinkConnection(_transport);

        GenericNetlink.TryResolve(connection, "wireguard", TestDeadline.Far, out var id).IsOk.ShouldBeTrue();

        id.ShouldBe((ushort)0x25);
        // CTRL_CMD_GETFAMILY with the name and its NUL
        _transport.Sent[0].ShouldBe(Wire.Hex("24000000 10000100 01000000 92100000  03010000  0e000200 77697265677561726400 0000"));
    }

    [Fact]
    public void TryResolve_MissingFamily_IsRefusedWithNoEntry()
    {
        _transport.Enqueue(Wire.Error(-Errno.NoEntry));
        using var connection = new NetlinkConnection(_transport);
        GenericNetlink.TryResolve(connection, "wireguard", TestDeadline.Far, out _).IsRefusedWith(Errno.NoEntry).ShouldBeTrue();
    }

    [Fact]
    public void TryResolve_AnswerWithoutNumber_IsMalformed()
    {
        _transport.Enqueue(Wire.Message(0x10, 0, [1, 2, 0, 0], Wire.Attribute(2, Wire.Text("wireguard"))));
        using var connection = new NetlinkConnection(_transport);
        GenericNetlink.TryResolve(connection, "wireguard", TestDeadline.Far, out _).Outcome.ShouldBe(NetlinkOutcome.Malformed);
    }
}
