// SPDX-License-Identifier: Apache-2.0

using System.Net;
using System.Net.Sockets;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

/// <summary>A namespace whose table nasty-conntrack.sh and some real packets have filled.</summary>
internal static class ConntrackLab
{
    /// <summary>Keeps everything: AllowedIPs that are no default prefix and yet have every address.</summary>
    public static readonly WireGuardDeviceFact Everything = new()
    {
        Name = "wg0",
        Implementation = WireGuardImplementation.Kernel,
        ListenPort = 51820,
        Peers =
        [
            new WireGuardPeerFact
            {
                PublicKey = "a",
                Endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.50"), 51820),
                AllowedIps = [.. new[] { "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1" }.Select(IpPrefix.Parse)],
            },
        ],
    };

    public static readonly ConntrackLimits Unlimited = new() { Inner = 100_000, OuterShown = 100_000 };

    public static void SkipIfImpossible()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/conntrack") && File.Exists("/usr/sbin/nft"), "needs conntrack and nft");
        Skip.IfNot(Directory.Exists("/proc/sys/net/netfilter"), "needs a kernel with nf_conntrack");
    }

    public static LabNamespace Create()
    {
        var lab = new LabNamespace();
        lab.Shell($"sh '{Fixtures.PathOf("nasty-conntrack.sh")}'");
        lab.Run(SendPackets);
        lab.Shell("ping -c1 -W2 198.51.100.11; ping -c1 -W2 2001:db8::1");
        return lab;
    }

    private static int SendPackets()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
        server.Bind(EndPoint("192.0.2.1", 5353));
        using var client = Send("192.0.2.1", 0, "198.51.100.10", 53);
        EndPoint from = EndPoint("192.0.2.1", 0);
        server.ReceiveFrom(new byte[8], ref from);
        server.SendTo(new byte[3], from);
        foreach (var port in new[] { 7001, 7002, 7003 }) Send("192.0.2.1", 0, "192.0.2.1", port).Dispose();
        Send("192.0.2.1", 51820, "192.0.2.50", 51820).Dispose();
        Send("2001:db8::1", 0, "2001:db8:9::10", 53).Dispose();

        // A handshake that nobody answers, and one that is answered and ended.
        using var lost = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        Should.Throw<SocketException>(() => lost.Connect(EndPoint("198.51.100.77", 21))).SocketErrorCode.ShouldBe(SocketError.WouldBlock);
        using var listener = new TcpListener(EndPoint("192.0.2.1", 8080));
        listener.Start();
        using var connected = new TcpClient();
        connected.Connect(EndPoint("192.0.2.1", 8080));
        listener.AcceptSocket().Dispose();
        return 0;
    }

    private static Socket Send(string source, int sourcePort, string destination, int port)
    {
        var local = EndPoint(source, sourcePort);
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        socket.SendTo(new byte[1], EndPoint(destination, port));
        return socket;
    }

    private static IPEndPoint EndPoint(string address, int port) => new(IPAddress.Parse(address), port);
}
