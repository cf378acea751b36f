// SPDX-License-Identifier: Apache-2.0

using System.Net.Sockets;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.NodeProbe.WireGuard.Placement;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

public sealed class UapiReaderTests : IDisposable
{
    private const string Good = "listen_port=51820\nerrno=0\n\n";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("uapi");
    private readonly UapiLimits _limits = new() { Total = TimeSpan.FromMinutes(1), AnswerBytes = 1024 * 1024 };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task ReadAsync_MissingFolder_IsAnEmptyList()
    {
        var reading = await ReadAsync(Path.Combine(_folder.FullName, "none"));
        reading.Value.ShouldNotBeNull().Devices.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_OneGoodSocketAmongBadOnes_IsReadAndEachProblemNamed()
    {
        await using var good = Serve("good", [Good], close: false);
        await using var cut = Serve("cut", ["listen_port=1\n"], close: true);
        await using var wrong = Serve("wrong", ["what?\n"], close: false);
        await using var failing = Serve("failing", ["errno=-5\n\n"], close: false);
        await using var endless = Serve("longline", ["key=" + new string('x', 5000)], close: false);
        LeaveBehind("stale");
        await File.WriteAllTextAsync(PathOf("file"), "not a socket");
        Directory.CreateDirectory(PathOf("folder"));

        var snapshot = (await ReadAsync()).Value.ShouldNotBeNull();

        snapshot.Devices.ShouldHaveSingleItem().Name.ShouldBe("good");
        snapshot.Problems.Select(p => (p.Name, p.Problem)).ShouldBe([
            ("cut", UapiSocketProblem.Malformed),
            ("failing", UapiSocketProblem.Failed),
            ("longline", UapiSocketProblem.Malformed),
            ("stale", UapiSocketProblem.Stale),
            ("wrong", UapiSocketProblem.Malformed)]);
        good.Question.ShouldBe("get=1\n\n");
        // Reading never cleans up: the file left behind is evidence.
        File.Exists(PathOf("stale")).ShouldBeTrue();
    }

    [Fact]
    public async Task ReadAsync_HungSocket_EndsAtItsLimitAndTheOthersAreRead()
    {
        var time = new FakeTimeProvider();
        var limits = _limits with { Total = TimeSpan.FromSeconds(2), Parallel = 1 };
        await using var before = Serve("a", [Good], close: false);
        await using var hung = Serve("b", ["listen_port=1\n"], close: false);
        await using var after = Serve("c", [Good], close: false);

        var reading = ReadAsync(limits: limits, time: time);
        await hung.Asked;
        time.Advance(limits.Total);

        var snapshot = (await reading).Value.ShouldNotBeNull();
        snapshot.Devices.Select(d => d.Name).ShouldBe(["a", "c"]);
        snapshot.Problems.ShouldHaveSingleItem().ShouldBe(new UapiSocketFact("b", UapiSocketProblem.Hung, "no whole answer within 2 s"));
    }

    [Fact]
    public async Task ReadAsync_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        await using var hung = Serve("b", [], close: false);
        var deadline = new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), stop.Token);
        var reading = ReadAsync(deadline: deadline);
        await hung.Asked;
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task ReadAsync_AnswerInSingleBytes_IsPutTogether()
    {
        var answer = $"private_key={new string('1', 64)}\npublic_key={new string('a', 64)}\nallowed_ip=10.0.0.0/8\nerrno=0\n\n";
        await using var server = Serve("wg0", [.. answer.Select(c => c.ToString())], close: false);
        var read = (await ReadAsync()).Value.ShouldNotBeNull();
        read.Problems.ShouldBeEmpty();
        var device = read.Devices.ShouldHaveSingleItem();
        device.PublicKey.ShouldNotBeNull();
        device.Peers.ShouldHaveSingleItem().AllowedIps.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ReadAsync_TenThousandPeers_AreRead()
    {
        var peers = Enumerable.Range(0, 10_000).Select(i =>
            $"public_key={i:x64}\npreshared_key={new string('0', 64)}\nprotocol_version=1\nendpoint=192.0.2.1:51820\nlast_handshake_time_sec=0\n" +
            $"last_handshake_time_nsec=0\ntx_bytes=0\nrx_bytes=0\npersistent_keepalive_interval=25\nallowed_ip=10.{i >> 8}.{i & 255}.0/24\n");
        await using var server = Serve("wg0", [string.Concat(peers), "errno=0\n\n"], close: false);
        var reading = await ReadAsync(limits: new UapiLimits { Total = TimeSpan.FromMinutes(1) });
        reading.Value.ShouldNotBeNull().Devices.ShouldHaveSingleItem().Peers.Count.ShouldBe(10_000);
        reading.Unknown.ShouldBe(0);
    }

    [Fact]
    public async Task ReadAsync_AnswerWithoutEnd_StopsAtTheLimit()
    {
        await using var server = Serve("wg0", [string.Concat(Enumerable.Repeat("unknown=1\n", 200_000))], close: false);
        var problem = (await ReadAsync()).Value.ShouldNotBeNull().Problems.ShouldHaveSingleItem();
        problem.Problem.ShouldBe(UapiSocketProblem.Malformed);
    }

    [Fact]
    public async Task ReadAsync_FilteredDevice_IsNotAsked()
    {
        await using var server = Serve("wg0", [Good], close: false);
        var snapshot = (await ReadAsync(filter: name => name == "wg1")).Value.ShouldNotBeNull();
        snapshot.Devices.ShouldBeEmpty();
        snapshot.Problems.ShouldBeEmpty();
        server.Question.ShouldBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_TooManySockets_SaysWhatWasLeftOut()
    {
        LeaveBehind("a");
        LeaveBehind("b");
        var reading = await ReadAsync(limits: _limits with { Sockets = 1 });
        reading.Value.ShouldNotBeNull().Problems.ShouldHaveSingleItem().Name.ShouldBe("a");
        reading.Cut.ShouldBe("UAPI sockets: only the first 1 of 2");
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name + ".sock");

    private UapiServer Serve(string name, IReadOnlyList<string> pieces, bool close) => new(PathOf(name), pieces, close);

    /// <summary>What a killed process leaves: a socket file that nobody listens on. .NET would remove it by the name it was bound with.</summary>
    private void LeaveBehind(string name)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(PathOf(name) + ".bound"));
        File.Move(PathOf(name) + ".bound", PathOf(name));
    }

    private async Task<Reading<UapiSnapshot>> ReadAsync(
        string? folder = null, UapiLimits? limits = null, Func<string, bool>? filter = null, TimeProvider? time = null, Deadline? deadline = null)
    {
        var chosen = limits ?? _limits;
        var clock = time ?? TimeProvider.System;
        var until = deadline ?? TestDeadline.Far;
        using var sockets = new UapiSocketFinder("/proc", chosen, clock).Find(folder ?? _folder.FullName, TunHolders.None, filter ?? (static _ => true), until);
        return await new UapiReader(new UapiClient(clock, chosen), chosen).ReadAsync(sockets, until);
    }
}
