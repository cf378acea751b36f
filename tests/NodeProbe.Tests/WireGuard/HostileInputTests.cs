// SPDX-License-Identifier: Apache-2.0

using System.Text;
using FsCheck.Xunit;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;
using Dump = KubeWgDiag.NodeProbe.Tests.WireGuard.KernelDeviceHandlerTests;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

/// <summary>Whatever arrives, the WireGuard readers end with a result.</summary>
public sealed class HostileInputTests
{
    private static readonly string[] Keys =
    [
        "private_key", "preshared_key", "public_key", "endpoint", "allowed_ip", "listen_port", "fwmark", "rx_bytes", "tx_bytes",
        "last_handshake_time_sec", "last_handshake_time_nsec", "persistent_keepalive_interval", "protocol_version", "errno", "new_key",
    ];

    private static readonly byte[] WholeDump = Wire.Join(
        Dump.Message(Dump.DeviceAttributes(), Dump.Peers(
            Dump.Peer(
                1,
                Wire.Attribute(4, Wire.SocketAddress([192, 0, 2, 1], 51820)),
                Wire.Attribute(6, Wire.U64(1), Wire.U64(2)),
                Dump.Allowed(Dump.AllowedIp([10, 0, 0, 0], 8), Dump.AllowedIp(new byte[16], 0))),
            Dump.Peer(2))),
        Wire.Done());

    [Fact]
    public void Read_EveryPrefixOfAKernelDump_EndsWithAResult()
    {
        for (var length = 0; length < WholeDump.Length; length++) ReadDevice(WholeDump[..length]).Outcome.ShouldNotBe(NetlinkOutcome.Ok);
        ReadDevice(WholeDump).IsOk.ShouldBeTrue();
    }

    [Property(MaxTest = 500)]
    public bool Read_KernelDumpWithChangedBytes_EndsWithAResult((ushort At, byte Value)[] changes)
    {
        var copy = (byte[])WholeDump.Clone();
        foreach (var (at, value) in changes) copy[at % copy.Length] = value;
        return Enum.IsDefined(ReadDevice(copy).Outcome);
    }

    [Property(MaxTest = 500)]
    public bool Feed_AnyValueOfAnyKey_EndsWithAResult((byte Key, string? Value)[] lines)
    {
        var parser = new UapiAnswerParser("wg0");
        parser.Feed(Encoding.ASCII.GetBytes("public_key=" + new string('a', 64)));
        foreach (var (key, value) in lines)
        {
            if (!Enum.IsDefined(parser.Feed(Encoding.UTF8.GetBytes($"{Keys[key % Keys.Length]}={value}")))) return false;
        }

        return parser.Device.Name == "wg0";
    }

    private static NetlinkResult ReadDevice(byte[] datagram)
    {
        var handler = new KernelDeviceHandler("wg0", 0x25);
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(datagram), secret: true);
        var result = connection.Execute(Wire.Message(0x25, NetlinkConstants.FlagDump | NetlinkConstants.FlagRequest, new byte[4]), handler, TestDeadline.Far);
        handler.Device.Name.ShouldBe("wg0");
        return result;
    }
}
