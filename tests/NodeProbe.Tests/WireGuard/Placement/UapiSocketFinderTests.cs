// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Net.Sockets;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Interop;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard.Placement;

/// <summary>Roots of processes, made up in a folder.</summary>
public sealed class UapiSocketFinderTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("p");
    private readonly List<Socket> _listeners = [];

    public void Dispose()
    {
        _listeners.ForEach(listener => listener.Dispose());
        _proc.Delete(recursive: true);
    }

    [Fact]
    public void Find_SocketThatSeveralSeeOverSeveralPaths_IsOne()
    {
        var own = Directory.CreateDirectory(Path.Combine(_proc.FullName, "own")).FullName;
        Listen(own, "wg0");
        LinkTo(Run(1), own);
        Listen(Wireguard(2), "wg1");
        Directory.CreateDirectory(Path.Combine(Root(2), "var"));
        File.CreateSymbolicLink(Path.Combine(Root(2), "var/run"), "/run"); // As on a host: inside of this root, not of the probe's.
        Directory.CreateDirectory(Path.Combine(_proc.FullName, "3"));
        File.CreateSymbolicLink(Path.Combine(_proc.FullName, "3/root"), Root(2));

        // The first one's folder is a link out of its root: nothing is seen through it.
        using var sockets = Find(own, 1, 2, 3, 99);

        sockets.All.Select(socket => (socket.Name, string.Join(',', socket.SeenBy))).ShouldBe([("wg0", ""), ("wg1", "2,3")]);
        sockets.All[0].Where.ShouldBe("");
        sockets.All[1].Where.ShouldBe(" (in /run/wireguard of process 2 go)");
        sockets.Cut.ShouldBeNull();
    }

    [Fact]
    public async Task Find_HostileRoot_GivesOnlySocketsAndNobodyHangs()
    {
        var folder = Wireguard(1);
        Listen(folder, "hung"); // never answers
        LabNative.MakeFifo(Path.Combine(folder, "fifo.sock"), 0x1B6).ShouldBe(0);
        File.CreateSymbolicLink(Path.Combine(folder, "link.sock"), Path.Combine(folder, "fifo.sock"));
        var outside = Directory.CreateDirectory(Path.Combine(_proc.FullName, "outside")).FullName;
        Listen(outside, "real");
        File.CreateSymbolicLink(Path.Combine(folder, "escape.sock"), Path.Combine(outside, "real.sock"));
        Directory.CreateDirectory(Path.Combine(folder, "x.sock"));
        File.WriteAllText(Path.Combine(folder, "file.sock"), "no socket");
        File.Move(Listen(folder, "l"), Path.Combine(folder, new string('n', 200) + ".sock"));
        File.Move(Listen(folder, "m"), Path.Combine(folder, "two words.sock"));
        File.Move(Listen(folder, "o"), Path.Combine(folder, ".sock"));
        File.Move(LeaveBehind(folder), Path.Combine(folder, "stale.sock"));

        using var sockets = Find(Path.Combine(_proc.FullName, "none"), 1);
        sockets.All.Select(socket => socket.Name).ShouldBe(["hung", "stale"]);
        var limits = new UapiLimits { Total = TimeSpan.FromMilliseconds(100) };
        var reading = await new UapiReader(new UapiClient(TimeProvider.System, limits), limits).ReadAsync(sockets, TestDeadline.Far);

        reading.Value.ShouldNotBeNull().Problems.Select(p => (p.Name, p.Problem)).ShouldBe([("hung", UapiSocketProblem.Hung), ("stale", UapiSocketProblem.Stale)]);
        reading.Value.Problems[0].Detail.ShouldBe("no whole answer within 0.1 s (in /run/wireguard of process 1 go)");
        File.Exists(Path.Combine(folder, "stale.sock")).ShouldBeTrue("reading never cleans up");
    }

    [Fact]
    public async Task Find_PathLongerThanASocketAddress_IsAsked()
    {
        var deep = _proc.FullName;
        for (var i = 0; i < 4; i++) deep = Directory.CreateDirectory(Path.Combine(deep, new string('d', 60))).FullName;
        var server = Listen(Wireguard(1), "wg0");
        File.Move(server, Path.Combine(deep, "wg0.sock"));
        using var sockets = Find(deep);
        var limits = new UapiLimits { Total = TimeSpan.FromMilliseconds(100) };
        var reading = await new UapiReader(new UapiClient(TimeProvider.System, limits), limits).ReadAsync(sockets, TestDeadline.Far);
        // It never answers, but it took the connection and said who it is.
        var answer = reading.Value.ShouldNotBeNull().Answers.ShouldHaveSingleItem();
        answer.Problem!.Problem.ShouldBe(UapiSocketProblem.Hung);
    }

    [Fact]
    public void Find_MoreThanOneProcessMayHave_SaysWhatWasLeftOutAndServesTheOthersFirst()
    {
        for (var i = 0; i < 5; i++) Listen(Wireguard(1), $"a{i}");
        Listen(Wireguard(2), "b");
        using var sockets = new UapiSocketFinder(_proc.FullName, new UapiLimits { SocketsOfProcess = 3 }, TimeProvider.System)
            .Find(Path.Combine(_proc.FullName, "none"), Holders(1, 2), static _ => true, TestDeadline.Far);
        sockets.All.Select(socket => socket.Name).ShouldBe(["a0", "b", "a1", "a2"]);
        sockets.Cut.ShouldBe("UAPI sockets of process 1: only the first 3 of 5");
    }

    [Fact]
    public void Find_OwnFolderThatIsNone_SaysWhy()
    {
        File.WriteAllText(Path.Combine(_proc.FullName, "file"), "");
        using var sockets = Find(Path.Combine(_proc.FullName, "file"));
        sockets.Errno.ShouldBe(KubeWgDiag.NodeProbe.Interop.Errno.NotADirectory);
    }

    [SkippableFact]
    public void Run_Unprivileged_CountsWhoMayNotBeLookedAt()
    {
        Skip.IfNot(LabNative.GetEffectiveUserId() == 0, "needs root, to look at its processes as somebody else");
        TunHolders? holders = null;
        var errno = -1;
        // The user of a thread that ends with it: the test process keeps its own.
        var thread = new Thread(() =>
        {
            errno = LabNative.SetThreadUser(65534);
            holders = new TunHolderScan("/proc").Run(TestDeadline.Far);
        });
        thread.Start();
        thread.Join();
        errno.ShouldBe(0);
        holders.ShouldNotBeNull().Denied.ShouldBeGreaterThan(0);
        holders.All.ShouldBeEmpty();
        holders.Ended.ShouldBeTrue();
    }

    private static TunHolders Holders(params int[] pids) => new([.. pids.Select(pid => new TunHolder(pid, "go", null, []))], 0, Ended: true);

    private static void LinkTo(string folder, string target) => File.CreateSymbolicLink(Path.Combine(folder, "wireguard"), target);

    private UapiSockets Find(string own, params int[] pids) =>
        new UapiSocketFinder(_proc.FullName, new UapiLimits(), TimeProvider.System).Find(own, Holders(pids), static _ => true, TestDeadline.Far);

    private string Root(int pid) => Directory.CreateDirectory(Path.Combine(_proc.FullName, pid.ToString(CultureInfo.InvariantCulture), "root")).FullName;

    private string Run(int pid) => Directory.CreateDirectory(Path.Combine(Root(pid), "run")).FullName;

    private string Wireguard(int pid) => Directory.CreateDirectory(Path.Combine(Run(pid), "wireguard")).FullName;

    private string Listen(string folder, string name)
    {
        var path = Path.Combine(folder, name + ".sock");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listeners.Add(socket);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return path;
    }

    private static string LeaveBehind(string folder)
    {
        var path = Path.Combine(folder, "left.sock");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        // .NET removes the file by the name it was bound with.
        File.Move(path, path + ".kept");
        return path + ".kept";
    }
}
