// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Sockets;
using KubeWgDiag.NodeProbe.Tests.Conntrack;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Sockets;

public sealed class UdpSocketReaderTests
{
    // inet_diag_msg: family 10, state 7, timer 0, retrans 0; sport 51820, dport 0; src ::, dst ::; if 3; cookie 0x2_00000001
    // expires 0, rqueue 768, wqueue 0, uid 1000, inode 4242
    // INET_DIAG_SKMEMINFO { 1, 212992, 3, 4, 5, 6, 7, 8, 9 }, SKV6ONLY 1, MARK 0xca6c, CGROUP_ID 77, 99 unknown
    private const string Socket = """
        0a070000 ca6c0000 00000000000000000000000000000000 00000000000000000000000000000000 03000000 01000000 02000000
        00000000 00030000 00000000 e8030000 92100000
        28000700 01000000 00400300 03000000 04000000 05000000 06000000 07000000 08000000 09000000
        05000b00 01000000
        08000f00 6cca0000
        0c001500 4d00000000000000
        04006300
        """;

    [Fact]
    public void Decode_SocketWithEverything_GivesEveryField()
    {
        var unknown = 0;
        var socket = UdpSocketDecoder.Decode(Wire.Hex(Socket), ref unknown);
        socket.ShouldBe(new UdpSocketFact
        {
            Family = IpFamily.IPv6,
            Local = IpAddr.Parse("::"),
            LocalPort = 51820,
            BoundLink = 3,
            Cookie = 0x2_00000001,
            Inode = 4242,
            UserId = 1000,
            Mark = 0xca6c,
            V6Only = true,
            CgroupId = 77,
            ReceiveQueue = 768,
            Memory = new SocketMemory(1, 212992, 3, 4, 8),
            Drops = new Counter(9),
            Devices = socket.Devices,
            SharedWith = socket.SharedWith,
        });
        UdpSocketDecoder.DropsOf(Wire.Hex(Socket), ref unknown).ShouldBe(9u);
        unknown.ShouldBe(1);
    }

    [Fact]
    public void Read_BothFamilies_KeepsTheListenPortsAndSumsAllDrops()
    {
        var transport = new FakeNetlinkTransport().Enqueue(
            Message(Udp(2, 51820, 1)), Message(Udp(2, 53, 2)), Wire.Done(), Message(Wire.Hex(Socket)), Message(Udp(10, 9, 3)), Wire.Done());
        using var connection = new NetlinkConnection(transport);
        var reading = UdpSocketReader.Read(connection, [Device("wg0", 51820), Device("wg1", 0)], TestDeadline.Far);
        var fact = reading.Value.ShouldNotBeNull();
        (fact.Seen, reading.Seen).ShouldBe((4, 4));
        fact.Drops.ShouldBe(new Counter(9));
        fact.Sockets.Select(s => (s.Family, s.LocalPort, string.Join(',', s.Devices))).ShouldBe([(IpFamily.IPv4, (ushort)51820, "wg0"), (IpFamily.IPv6, (ushort)51820, "wg0")]);
        // sdiag_family, sdiag_protocol 17, ext SKMEMINFO, all states, no port and no address
        transport.Sent[0].ShouldBe(Wire.Hex("48000000 1400 0103 01000000 92100000 02114000 ffffffff" + new string('0', 96)));
        transport.Sent[1][16].ShouldBe((byte)10);
    }

    [Fact]
    public void Read_ProbeCannotAsk_SaysWhy()
    {
        using var absent = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(Wire.Error(-2)));
        UdpSocketReader.Read(absent, [], TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
        using var silent = new NetlinkConnection(new FakeNetlinkTransport());
        UdpSocketReader.Read(silent, [], TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
    }

    [Fact]
    public void Read_EveryPrefixAndManyMutations_EndWithAResult()
    {
        const int seed = 815;
        var random = new Random(seed);
        var whole = Wire.Join(Message(Wire.Hex(Socket)), Message(Udp(2, 51820, 1)), Wire.Done());
        for (var length = 0; length < whole.Length; length++) ReadBytes(whole[..length]).Value.ShouldBeNull();
        for (var round = 0; round < 3000; round++)
        {
            var copy = (byte[])whole.Clone();
            for (var change = random.Next(1, 12); change > 0; change--) copy[random.Next(copy.Length)] = (byte)random.Next(256);
            var reading = ReadBytes(copy);
            (reading.Value is null).ShouldBe(reading.NotAvailable is not null, $"seed {seed}, round {round}");
        }

        static Reading<UdpSocketsFact> ReadBytes(byte[] datagram)
        {
            using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(datagram, Wire.Done()));
            return UdpSocketReader.Read(connection, [Device("wg0", 51820)], TestDeadline.Far);
        }
    }

    [Theory]
    [InlineData("0.0.0.0", 0, "0.0.0.0", 0, true)]
    [InlineData("0.0.0.0", 0, "10.0.0.1", 0, true)]
    [InlineData("10.0.0.1", 0, "10.0.0.2", 0, false)]
    [InlineData("0.0.0.0", 3, "0.0.0.0", 4, false)]
    [InlineData("0.0.0.0", 3, "10.0.0.1", 0, true)]
    [InlineData("::", 0, "0.0.0.0", 0, true)]
    [InlineData("fd00::1", 0, "0.0.0.0", 0, false)]
    public void Mark_SocketsOfOnePort_FindsThoseThatShareIt(string one, int oneLink, string other, int otherLink, bool shared)
    {
        var marked = PortSharing.Mark([Bound(1, one, oneLink), Bound(2, other, otherLink)]).OrderBy(s => s.Cookie).ToList();
        marked[0].SharedWith.ShouldBe(shared ? [2UL] : []);
        marked[1].SharedWith.ShouldBe(shared ? [1UL] : []);
    }

    [Fact]
    public void Mark_V6OnlyOrConnected_SharesNothing()
    {
        PortSharing.Mark([Bound(1, "::", 0) with { V6Only = true }, Bound(2, "0.0.0.0", 0)]).ShouldAllBe(s => s.SharedWith.Count == 0);
        PortSharing.Mark([Bound(1, "0.0.0.0", 0) with { Remote = new IpEndpoint(IpAddr.Parse("10.0.0.1"), 5) }, Bound(2, "0.0.0.0", 0)])
            .ShouldAllBe(s => s.SharedWith.Count == 0);
    }

    [Fact]
    public void Merge_DropsByCookie_Grow()
    {
        var merged = SocketReading.Merge(
            With(10, Bound(1, "::", 0) with { Drops = new(4) }),
            With(15, Bound(1, "::", 0) with { Drops = new(6) }, Bound(2, "::", 0) with { Drops = new(1) }));
        merged.UdpSockets!.Value.ShouldNotBeNull().Drops.ShouldBe(new Counter(15, 5));
        merged.UdpSockets.Value.Sockets.Select(s => s.Drops).ShouldBe([new Counter(6, 2), new Counter(1)]);
    }

    private static NamespaceFacts With(ulong drops, params UdpSocketFact[] sockets) =>
        UnreadNamespace.Of(new NamespaceTarget("net:[1]", "host", null), new NotAvailable(NotAvailableReason.Failed, "test"), default) with
        {
            UdpSockets = new Fact<UdpSocketsFact> { Source = "test", At = default, Value = new UdpSocketsFact { Drops = new Counter(drops), Sockets = sockets } },
        };

    private static UdpSocketFact Bound(ulong cookie, string address, int link)
    {
        var local = IpAddr.Parse(address);
        return new UdpSocketFact { Family = local.Family, Local = local, LocalPort = 51820, BoundLink = link, Cookie = cookie };
    }

    private static WireGuardDeviceFact Device(string name, ushort port) => new() { Name = name, Implementation = WireGuardImplementation.Kernel, ListenPort = port };

    private static byte[] Message(byte[] payload) => Wire.Message(SockDiag.MessageByFamily, NetlinkConstants.FlagMulti, payload);

    private static byte[] Udp(byte family, int port, uint inode) =>
        Wire.Join([family, 7, 0, 0], CtWire.B16(port), new byte[2 + 32 + 4 + 8 + 16], Wire.U32(inode));
}
