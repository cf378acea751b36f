// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Sockets;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Sockets;

public sealed class SocketOwnerReaderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_DescriptorsOfProcesses_NamesTheHolders()
    {
        Process(7, "wireguard-go", "socket:[100]", "/dev/net/tun", "socket:[101]", "socket:[100]");
        Process(8, "child", "socket:[100]", "pipe:[1]");
        Directory.CreateDirectory(Path.Combine(_root.FullName, "sys"));
        var fact = Read(Socket(1, 100, 51820), Socket(2, 999, 51820), Socket(3, 0, 51820), Socket(4, 0, 4789));
        fact.Owners[0].Holder.ShouldBe(SocketHolder.Process);
        fact.Owners[0].Processes.OrderBy(p => p.Pid).ShouldBe([new SocketProcess(7, "wireguard-go"), new SocketProcess(8, "child")]);
        // Nobody was found, but it is not known that these are all processes.
        fact.Owners[1].Holder.ShouldBe(SocketHolder.Unknown);
        fact.Owners[2].Holder.ShouldBe(SocketHolder.KernelWireGuard);
        fact.Owners[3].Holder.ShouldBe(SocketHolder.Kernel);
        (fact.ProcessesSeen, fact.ProcessesDenied, fact.Complete).ShouldBe((2, 0, false));
    }

    [Fact]
    public void Read_NothingToName_LooksAtNoProcess()
    {
        Process(7, "x", "socket:[100]");
        var fact = Read(Socket(1, 0, 51820));
        fact.ProcessesSeen.ShouldBe(0);
        fact.Owners.ShouldHaveSingleItem().Holder.ShouldBe(SocketHolder.KernelWireGuard);
    }

    [Fact]
    public void Read_TimeIsOver_SaysThatItIsNotComplete()
    {
        Process(7, "x", "socket:[100]");
        var reading = SocketOwnerReader.Read(_root.FullName, [Socket(1, 100, 51820)], new HashSet<ushort>(), new Deadline(TimeProvider.System, TimeSpan.Zero, CancellationToken.None));
        reading.Value.ShouldNotBeNull().Complete.ShouldBeFalse();
        reading.Value.Owners.ShouldHaveSingleItem().Holder.ShouldBe(SocketHolder.Unknown);
    }

    private SocketOwnersFact Read(params UdpSocketFact[] sockets) =>
        SocketOwnerReader.Read(_root.FullName, sockets, new HashSet<ushort> { 51820 }, TestDeadline.Far).Value.ShouldNotBeNull();

    private static UdpSocketFact Socket(ulong cookie, ulong inode, ushort port) =>
        new() { Family = IpFamily.IPv4, Local = IpAddr.Parse("0.0.0.0"), LocalPort = port, Cookie = cookie, Inode = inode };

    private void Process(int pid, string name, params string[] descriptors)
    {
        var folder = Path.Combine(_root.FullName, pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.Combine(folder, "fd"));
        File.WriteAllText(Path.Combine(folder, "comm"), name + "\n");
        for (var i = 0; i < descriptors.Length; i++)
            File.CreateSymbolicLink(Path.Combine(folder, "fd", i.ToString(System.Globalization.CultureInfo.InvariantCulture)), descriptors[i]);
    }
}
