// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using System.Text;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard.Placement;

public sealed class ListeningSocketsTests
{
    private const string Table = """
        Num       RefCount Protocol Flags    Type St Inode Path
        ffff8a0001: 00000002 00000000 00010000 0001 01 100 /var/run/wireguard/wg0.sock
        ffff8a0002: 00000003 00000000 00000000 0001 03 101 /var/run/wireguard/wg0.sock
        0000000000000000: 00000002 00000000 00010000 0001 01    102 /run/wireguard/wg1.sock
        ffff8a0004: 00000002 00000000 00010000 0001 01 103 /var/run/wireguard/xwg0.sock
        ffff8a0005: 00000002 00000000 00010000 0001 01 nonsense /var/run/wireguard/wg0.sock
        ffff8a0006: 00000002 00000000 00010000
        ffff8a0007: /var/run/wireguard/wg0.sock
        """;

    [Fact]
    public void InodesOf_Table_HasListeningOnesOfThatName()
    {
        ListeningSockets.InodesOf(Encoding.UTF8.GetBytes(Table), "/wireguard/wg0.sock").ShouldBe([100ul]);
        ListeningSockets.InodesOf(Encoding.UTF8.GetBytes(Table), "/wireguard/wg1.sock").ShouldBe([102ul]);
        ListeningSockets.InodesOf([], "/wireguard/wg1.sock").ShouldBeEmpty();
    }

    [Fact]
    public void InodesOf_EveryPrefix_EndsWithAResult()
    {
        var table = Encoding.UTF8.GetBytes(Table);
        for (var length = 0; length <= table.Length; length++)
            ListeningSockets.InodesOf(table.AsSpan(0, length), "/wireguard/wg0.sock").Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Serves_ThisProcess_OnlyWhileItListens()
    {
        var root = Directory.CreateTempSubdirectory("uapi");
        try
        {
            Directory.CreateDirectory(Path.Combine(root.FullName, "wireguard"));
            var name = $"kwl{Environment.ProcessId % 100_000}";
            using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(root.FullName, "wireguard", name + ".sock")));
                ListeningSockets.Serves("/proc", Environment.ProcessId, name).ShouldBeFalse();
                socket.Listen();
                ListeningSockets.Serves("/proc", Environment.ProcessId, name).ShouldBeTrue();
                ListeningSockets.Serves("/proc", 1, name).ShouldBeFalse("another process does not hold it");
            }

            ListeningSockets.Serves("/proc", Environment.ProcessId, name).ShouldBeFalse();
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("pos:\t0\nflags:\t0100002\nmnt_id:\t24\nino:\t105\niff:\twg0\n", "wg0")]
    [InlineData("iff:\t\n", null)]
    [InlineData("pos:\t0\n", null)]
    [InlineData("", null)]
    public void DeviceOf_Info_IsTheNameAfterTheTab(string info, string? expected) => TunInfo.DeviceOf(Encoding.UTF8.GetBytes(info)).ShouldBe(expected);
}
