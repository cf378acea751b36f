// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Sockets;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Sockets;

/// <summary>Compares what the readers say about the sockets of a real namespace with what <c>ss</c> says.</summary>
[Trait("Category", "Lab")]
public sealed partial class SsCommandLabTests : IDisposable
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReusePort = 15; // SO_REUSEPORT
    private const int BindToDevice = 25; // SO_BINDTODEVICE
    private const int Mark = 36; // SO_MARK
    private readonly List<Socket> _sockets = [];

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    [SkippableFact]
    public void Sockets_OfARealNamespace_AreThoseOfSs()
    {
        using var lab = Create();
        var fact = Read(lab);
        var expected = lab.Shell("ss -uanpmieOH").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains(":5182", StringComparison.Ordinal))
            .Select(FromTool).ToList();
        expected.Count.ShouldBe(7);
        var owners = lab.Run(() => SocketOwnerReader.Read("/proc", fact.Sockets, new HashSet<ushort>(), TestDeadline.Far)).Value.ShouldNotBeNull();
        fact.Sockets.Select(socket => Line(socket, owners.Owners.Single(owner => owner.Cookie == socket.Cookie))).ShouldBe(expected, ignoreOrder: true);
        fact.Seen.ShouldBe(8);
        fact.Drops.Value.ShouldBeGreaterThan(0ul);
        fact.Drops.Value.ShouldBe(fact.Sockets.Aggregate(0ul, (sum, socket) => sum + socket.Drops!.Value.Value));
        owners.Owners.ShouldAllBe(owner => owner.Holder == SocketHolder.Process);
    }

    [SkippableFact]
    public void Sockets_OfOnePort_AreFoundToShareIt()
    {
        using var lab = Create();
        var sockets = Read(lab).Sockets.Where(socket => socket.LocalPort == 51820).ToDictionary(socket => $"{socket.Local} {socket.V6Only}");
        sockets["0.0.0.0 "].SharedWith.ShouldBe([sockets["127.0.0.1 "].Cookie]);
        sockets[":: True"].SharedWith.ShouldBe([sockets["::1 True"].Cookie]);
    }

    private LabNamespace Create()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/bin/ss") || File.Exists("/usr/sbin/ss") || File.Exists("/bin/ss"), "needs ss");
        var lab = new LabNamespace();
        lab.Shell("ip link set lo up");
        lab.Run(Open);
        return lab;
    }

    private int Open()
    {
        var mark = 7;
        foreach (var address in new[] { "0.0.0.0", "127.0.0.1", "::", "::1" })
        {
            var socket = New(IPAddress.Parse(address).AddressFamily);
            if (socket.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
            socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            socket.SetRawSocketOption(SocketLevel, Mark, BitConverter.GetBytes(mark++));
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 51820));
        }

        var dual = New(AddressFamily.InterNetworkV6);
        dual.DualMode = true;
        dual.Bind(new IPEndPoint(IPAddress.IPv6Any, 51822));

        // A small buffer that nobody empties: the rest of the packets is dropped.
        var full = New(AddressFamily.InterNetwork);
        full.SetRawSocketOption(SocketLevel, BindToDevice, "lo\0"u8);
        full.ReceiveBufferSize = 1024;
        full.Bind(new IPEndPoint(IPAddress.Loopback, 51821));
        var sender = New(AddressFamily.InterNetwork);
        for (var i = 0; i < 20; i++) sender.SendTo(new byte[500], new IPEndPoint(IPAddress.Loopback, 51821));
        var connected = New(AddressFamily.InterNetwork);
        connected.Bind(new IPEndPoint(IPAddress.Loopback, 51823));
        connected.Connect(new IPEndPoint(IPAddress.Loopback, 9));
        return 0;
    }

    private Socket New(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        _sockets.Add(socket);
        return socket;
    }

    private static UdpSocketsFact Read(LabNamespace lab)
    {
        IReadOnlyList<WireGuardDeviceFact> devices =
            [.. Enumerable.Range(51820, 4).Select(port => new WireGuardDeviceFact { Name = $"wg{port}", Implementation = WireGuardImplementation.Kernel, ListenPort = (ushort)port })];
        return lab.Run(() =>
        {
            NetlinkSocket.TryOpen(SockDiag.Protocol, out var opened).ShouldBe(0);
            using var connection = new NetlinkConnection(opened!);
            var reading = UdpSocketReader.Read(connection, devices, TestDeadline.Far);
            reading.Unknown.ShouldBe(0);
            return reading.Value.ShouldNotBeNull();
        });
    }

    private static string Line(UdpSocketFact socket, SocketOwnerFact owner)
    {
        var memory = socket.Memory.ShouldNotBeNull();
        var host = socket.Local.ToString().Contains(':', StringComparison.Ordinal) ? $"[{socket.Local}]" : socket.Local.ToString();
        // ss prints a dual-stack wildcard as an asterisk.
        if (socket.V6Only == false && socket.Local.IsUnspecified) host = "*";
        var link = socket.BoundLink == 1 ? "%lo" : string.Empty;
        return $"{socket.ReceiveQueue} {socket.SendQueue} {host}{link}:{socket.LocalPort} -> {socket.Remote} pids {string.Join(',', owner.Processes.Select(p => p.Pid))} ino {socket.Inode}"
            + $" sk {socket.Cookie:x} mark {socket.Mark:x} v6only {(socket.V6Only == true ? "1" : "0")}"
            + $" r{memory.ReceiveAllocated},rb{memory.ReceiveBuffer},t{memory.SendAllocated},tb{memory.SendBuffer} bl{memory.Backlog},d{socket.Drops!.Value.Value}";
    }

    private static string FromTool(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var remote = fields[4].EndsWith(":*", StringComparison.Ordinal) ? string.Empty : fields[4];
        var memory = Memory().Match(line);
        var pids = string.Join(',', Pid().Matches(line).Select(match => match.Groups["pid"].Value).Distinct());
        var mark = Value(line, "fwmark:0x");
        return $"{fields[1]} {fields[2]} {fields[3]} -> {remote} pids {pids} ino {Value(line, "ino:")} sk {Value(line, "sk:")} mark {(mark.Length == 0 ? "0" : mark)}"
            + $" v6only {(line.Contains("v6only:1", StringComparison.Ordinal) ? "1" : "0")} {memory.Groups["buffers"].Value} {memory.Groups["lost"].Value}";
    }

    private static string Value(string line, string name)
    {
        var at = line.IndexOf(" " + name, StringComparison.Ordinal);
        return at < 0 ? string.Empty : line[(at + name.Length + 1)..].Split(' ')[0].ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"skmem:\((?<buffers>r\d+,rb\d+,t\d+,tb\d+),.*(?<lost>bl\d+,d\d+)\)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Memory();

    [GeneratedRegex(@"pid=(?<pid>\d+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pid();
}
