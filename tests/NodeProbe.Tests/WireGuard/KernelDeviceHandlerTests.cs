// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

/// <summary>Dumps as the kernel module sends them (linux/wireguard.h), built by hand.</summary>
public sealed class KernelDeviceHandlerTests
{
    private const ushort Family = 0x25;
    private const ushort Multi = NetlinkConstants.FlagMulti;
    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)0x5a, 32)];

    [Fact]
    public void Read_DeviceWithOnePeer_GivesEveryField()
    {
        // genlmsghdr: command 0 (WG_CMD_GET_DEVICE), version 1
        //   1 WGDEVICE_A_IFINDEX 7;  2 IFNAME "wg0";  3 PRIVATE_KEY;  4 PUBLIC_KEY;  5 FLAGS 0;  6 LISTEN_PORT 51820;  7 FWMARK 0xca6c
        //   8 WGDEVICE_A_PEERS (nested)
        //       0 (nested)
        //           1 WGPEER_A_PUBLIC_KEY;  2 PRESHARED_KEY;  3 FLAGS 0
        //           4 ENDPOINT sockaddr_in6 [::ffff:192.0.2.9]:4500
        //           5 PERSISTENT_KEEPALIVE_INTERVAL 25
        //           6 LAST_HANDSHAKE_TIME 1700000000 s, 123456700 ns
        //           0 padding;  7 RX_BYTES;  0 padding;  8 TX_BYTES;  10 PROTOCOL_VERSION 1
        //           9 ALLOWEDIPS (nested)
        //               0 (nested)  1 FAMILY 2;  2 IPADDR 10.244.1.0;  3 CIDR_MASK 24
        //               0 (nested)  1 FAMILY 10; 2 IPADDR fd00::5;     3 CIDR_MASK 128
        var peer = Wire.Attribute(0x8000, Join(
            Wire.Attribute(1, Key(1)),
            Wire.Attribute(2, Secret),
            Wire.Attribute(3, Wire.U32(0)),
            Wire.Attribute(4, Wire.SocketAddress(Wire.Hex("0000000000000000 0000ffff c0000209"), 4500)),
            Wire.Attribute(5, Wire.U16(25)),
            Wire.Attribute(6, Wire.U64(1_700_000_000), Wire.U64(123_456_700)),
            Wire.Attribute(0, []),
            Wire.Attribute(7, Wire.U64(1000)),
            Wire.Attribute(0, []),
            Wire.Attribute(8, Wire.U64(2000)),
            Wire.Attribute(10, Wire.U32(1)),
            Allowed(AllowedIp([10, 244, 1, 0], 24), AllowedIp(Wire.Hex("fd00000000000000 0000000000000005"), 128))));
        var device = Read(out var unknown, Join(Message(DeviceAttributes(), Peers(peer)), Wire.Done()));

        unknown.ShouldBe(0);
        device.Name.ShouldBe("wg0");
        device.Implementation.ShouldBe(WireGuardImplementation.Kernel);
        device.PublicKey.ShouldBe(Convert.ToBase64String(Key(99)));
        device.ListenPort.ShouldBe((ushort)51820);
        device.FirewallMark.ShouldBe(0xca6cu);
        var only = device.Peers.ShouldHaveSingleItem();
        only.PublicKey.ShouldBe(Convert.ToBase64String(Key(1)));
        only.HasPresharedKey.ShouldBeTrue();
        only.Endpoint.ShouldBe(new IpEndpoint(IpAddr.Parse("192.0.2.9"), 4500));
        only.PersistentKeepalive.ShouldBe((ushort)25);
        only.LastHandshake.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddTicks(1_234_567));
        only.Received.Value.ShouldBe(1000ul);
        only.Sent.Value.ShouldBe(2000ul);
        only.AllowedIps.ShouldBe([IpPrefix.Parse("10.244.1.0/24"), IpPrefix.Parse("fd00::5/128")]);
    }

    [Fact]
    public void Read_FreshDevice_HasNoKeyNoPeersNoHandshake()
    {
        // Without an identity the kernel leaves both keys out, without peers the nest.
        var device = Read(out _, Join(Message(Wire.Attribute(2, Wire.Text("wg0")), Wire.Attribute(6, Wire.U16(0))), Wire.Done()));
        device.PublicKey.ShouldBeNull();
        device.Peers.ShouldBeEmpty();

        var never = Read(out _, Join(Message(DeviceAttributes(), Peers(Peer(1, Wire.Attribute(2, new byte[32]), Wire.Attribute(6, new byte[16])))), Wire.Done()))
            .Peers.ShouldHaveSingleItem();
        never.HasPresharedKey.ShouldBeFalse();
        never.LastHandshake.ShouldBeNull();
        never.Endpoint.ShouldBeNull();
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Read_PeerSplitOverMessages_IsOnePeerWithEverything(int parts, bool nameRepeated)
    {
        var whole = Peer(1, Wire.Attribute(2, Secret), Wire.Attribute(7, Wire.U64(77)), Wire.Attribute(5, Wire.U16(25)), Allowed(AllowedIp([10, 0, 0, 0], 24)));
        var messages = new List<byte[]> { Message(DeviceAttributes(), Peers(Peer(9), whole)) };
        for (byte part = 1; part < parts; part++)
        {
            // What does not fit comes again as an element with nothing but the key and more prefixes.
            var more = Peer(1, Allowed(AllowedIp([10, part, 0, 0], 24)));
            messages.Add(Message(nameRepeated ? Wire.Attribute(2, Wire.Text("wg0")) : [], part == parts - 1 ? Peers(more, Peer(3)) : Peers(more)));
        }

        var device = Read(out var unknown, [.. messages, Wire.Done()]);

        unknown.ShouldBe(0);
        device.ListenPort.ShouldBe((ushort)51820);
        device.Peers.Select(p => p.PublicKey).ShouldBe([Base64(9), Base64(1), Base64(3)]);
        var split = device.Peers[1];
        split.AllowedIps.ShouldBe(Enumerable.Range(0, parts).Select(i => IpPrefix.Parse($"10.{i}.0.0/24")));
        split.HasPresharedKey.ShouldBeTrue();
        split.Received.Value.ShouldBe(77ul);
        split.PersistentKeepalive.ShouldBe((ushort)25);
    }

    [Fact]
    public void Read_SplitExactlyBetweenPeers_KeepsThemApart()
    {
        var device = Read(
            out _,
            Message(DeviceAttributes(), Peers(Peer(1, Allowed(AllowedIp([10, 1, 0, 0], 16))))),
            Message([], Peers(Peer(2, Allowed(AllowedIp([10, 2, 0, 0], 16))))),
            Wire.Done());
        device.Peers.Select(p => p.AllowedIps.Single().ToString()).ShouldBe(["10.1.0.0/16", "10.2.0.0/16"]);
    }

    [Fact]
    public void Read_SameKeyOnTwoDevices_AreTwoPeers()
    {
        var transport = new FakeNetlinkTransport().Enqueue(
            Wire.Message(0x10, 0, [1, 2, 0, 0], Wire.Attribute(1, Wire.U16(Family))),
            Join(Message(DeviceAttributes(), Peers(Peer(1, Allowed(AllowedIp([10, 1, 0, 0], 16))))), Wire.Done()),
            Join(Message(DeviceAttributes(), Peers(Peer(1, Allowed(AllowedIp([10, 2, 0, 0], 16))))), Wire.Done()));
        using var connection = new NetlinkConnection(transport, secret: true);
        var devices = KernelWireGuardReader.Read(connection, ["wg0", "wg1"], TestDeadline.Far).Value.ShouldNotBeNull();
        devices.Select(d => (d.Name, d.Peers.Single().AllowedIps.Single().ToString())).ShouldBe([("wg0", "10.1.0.0/16"), ("wg1", "10.2.0.0/16")]);
        // WG_CMD_GET_DEVICE as a dump, with the name only: both name and index would be refused with EBADR.
        transport.Sent[1][4..8].ShouldBe(Wire.Hex("2500 0103"));
        transport.Sent[1][16..].ShouldBe(Wire.Hex("00010000 08000200 77673000"));
    }

    [Fact]
    public void Read_InterruptedDump_StartsAgainFromNothing()
    {
        var interrupted = Wire.Message(Family, Multi | NetlinkConstants.FlagDumpInterrupted, [0, 1, 0, 0], DeviceAttributes(), Peers(Peer(1), Peer(2)));
        var device = Read(out _, Join(interrupted, Wire.Done()), Join(Message(DeviceAttributes(), Peers(Peer(2))), Wire.Done()));
        device.Peers.Select(p => p.PublicKey).ShouldBe([Base64(2)]);
    }

    [Fact]
    public void Read_MisshapenParts_AreCountedAndHideNothing()
    {
        var device = Read(out var unknown, Join(
            Message(DeviceAttributes(), Peers(
                Peer(
                    1,
                    Wire.Attribute(4, Wire.U16(99), new byte[14]), // endpoint of an unknown family
                    Wire.Attribute(5, [1]), // keepalive of one byte
                    Wire.Attribute(6, Wire.U64(ulong.MaxValue), Wire.U64(0)), // a time before 1970
                    Wire.Attribute(77, [1]), // unknown
                    Allowed(AllowedIp([10, 0, 0, 0], 33), AllowedIp([10, 9], 8), AllowedIp([10, 3, 0, 0], 16))),
                Wire.Attribute(0x8000, Wire.Attribute(1, new byte[31])))), // a key that is too short
            Wire.Done()));
        unknown.ShouldBe(7);
        device.Peers.ShouldHaveSingleItem().AllowedIps.ShouldBe([IpPrefix.Parse("10.3.0.0/16")]);
    }

    [Fact]
    public void Read_HandshakeAsTwo32BitValues_IsAccepted() =>
        Read(out _, Join(Message(DeviceAttributes(), Peers(Peer(1, Wire.Attribute(6, Wire.U32(1_700_000_000), Wire.U32(0))))), Wire.Done()))
            .Peers[0].LastHandshake.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    [Fact]
    public void Read_KernelDump_ShowsNoSecretAnywhere()
    {
        var device = Read(out _, Join(Message(DeviceAttributes(), Peers(Peer(1, Wire.Attribute(2, Secret)))), Wire.Done()));
        device.ToString().ShouldNotContain(Convert.ToBase64String(Secret)[..10]);
        device.Peers[0].ToString().ShouldNotContain(Convert.ToBase64String(Secret)[..10]);
    }

    private static WireGuardDeviceFact Read(out int unknown, params byte[][] datagrams)
    {
        var transport = new FakeNetlinkTransport().Enqueue(Wire.Message(0x10, 0, [1, 2, 0, 0], Wire.Attribute(1, Wire.U16(Family))));
        transport.Enqueue(datagrams);
        using var connection = new NetlinkConnection(transport, secret: true);
        var reading = KernelWireGuardReader.Read(connection, ["wg0"], TestDeadline.Far);
        reading.Interrupted.ShouldBeFalse();
        unknown = reading.Unknown;
        return reading.Value.ShouldNotBeNull().ShouldHaveSingleItem();
    }

    private static byte[] Join(params byte[][] parts) => Wire.Join(parts);

    internal static byte[] Message(params byte[][] attributes) => Wire.Message(Family, Multi, [0, 1, 0, 0], Join(attributes));

    internal static byte[] DeviceAttributes() => Join(
        Wire.Attribute(1, Wire.U32(7)),
        Wire.Attribute(2, Wire.Text("wg0")),
        Wire.Attribute(3, Secret),
        Wire.Attribute(4, Key(99)),
        Wire.Attribute(5, Wire.U32(0)),
        Wire.Attribute(6, Wire.U16(51820)),
        Wire.Attribute(7, Wire.U32(0xca6c)));

    internal static byte[] Peers(params byte[][] peers) => Wire.Attribute(0x8008, peers);

    internal static byte[] Peer(byte key, params byte[][] attributes) => Wire.Attribute(0x8000, Wire.Attribute(1, Key(key)), Join(attributes));

    internal static byte[] Allowed(params byte[][] entries) => Wire.Attribute(0x8009, entries);

    internal static byte[] AllowedIp(byte[] address, byte length) => Wire.Attribute(
        0x8000, Wire.Attribute(1, Wire.U16(address.Length == 16 ? (ushort)10 : (ushort)2)), Wire.Attribute(2, address), Wire.Attribute(3, [length]));

    private static byte[] Key(byte number) => [.. Enumerable.Repeat(number, 32)];

    private static string Base64(byte number) => Convert.ToBase64String(Key(number));
}
