// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

/// <summary>The collector over recorded dumps and a made-up /proc.</summary>
public sealed class FactsCollectorTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");

    public FactsCollectorTests()
    {
        Write("sys/net/ipv4/ip_forward", "1\n");
        Write("sys/net/ipv4/conf/tun0/rp_filter", "2\n");
        Write("thread-self/net/snmp", "Udp: NoPorts\nUdp: 5\n");
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task CollectAsync_ReadOnce_HasEveryFactAndNoGrowth()
    {
        var facts = await CollectAsync(Replay("links", "addresses", "routes", "rules", "neighbours"), TimeSpan.Zero);

        var host = facts.Namespaces.ShouldHaveSingleItem();
        host.Links.Value.ShouldNotBeNull().Count.ShouldBe(13);
        host.Links.Value[0].Counters.ShouldNotBeNull().RxPackets.Growth.ShouldBeNull();
        host.Addresses.Value.ShouldNotBeNull().ShouldNotBeEmpty();
        host.Routes.Value.ShouldNotBeNull().ShouldNotBeEmpty();
        host.Routes.Unknown.ShouldBe(1);
        host.Rules.Value.ShouldNotBeNull().ShouldNotBeEmpty();
        host.Neighbours.Value.ShouldNotBeNull().ShouldNotBeEmpty();
        host.Sysctls.Value.ShouldNotBeNull()["net.ipv4.conf.tun0.rp_filter"].ShouldBe(2);
        host.ProtocolCounters.Value.ShouldNotBeNull()["Udp.NoPorts"].ShouldBe(new Counter(5));
        host.UserspaceWireGuard.Value.ShouldNotBeNull().ShouldBeEmpty();
        host.RouteLookups.Value.ShouldNotBeNull().ShouldBeEmpty();
        facts.ObservedSeconds.ShouldBe(0);
        facts.Truncated.ShouldBeFalse();
    }

    [Fact]
    public async Task CollectAsync_WithObservation_HasGrowth()
    {
        var facts = await CollectAsync(Replay("links"), TimeSpan.FromMilliseconds(5));
        facts.Namespaces[0].Links.Value.ShouldNotBeNull()[0].Counters.ShouldNotBeNull().RxPackets.Growth.ShouldBe(0ul);
        facts.Namespaces[0].ProtocolCounters.Value.ShouldNotBeNull()["Udp.NoPorts"].ShouldBe(new Counter(5, 0));
        facts.ObservedSeconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task CollectAsync_OneReaderWithoutAnswer_HidesNoOther()
    {
        var host = (await CollectAsync(Replay("links", "addresses", "rules"), TimeSpan.Zero)).Namespaces[0];
        host.Routes.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
        host.KernelWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
        host.Links.NotAvailable.ShouldBeNull();
        host.Addresses.NotAvailable.ShouldBeNull();
        host.Rules.NotAvailable.ShouldBeNull();
        host.Sysctls.NotAvailable.ShouldBeNull();
    }

    [Fact]
    public async Task CollectAsync_SomeReaders_ReadsThemAndSaysThatNobodyAskedForTheOthers()
    {
        var host = (await CollectAsync(Replay("links", "addresses", "rules"), TimeSpan.FromMilliseconds(1), only: ["addresses", "sysctls"])).Namespaces[0];
        host.Addresses.Value.ShouldNotBeNull().ShouldNotBeEmpty();
        host.Sysctls.Value.ShouldNotBeNull().Keys.ShouldContain("net.ipv4.conf.tun0.rp_filter");
        host.Links.Value.ShouldNotBeNull("sysctls go by device names");
        host.Rules.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotRequested);
        host.KernelWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotRequested);
        host.UserspaceWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotRequested);
    }

    [Theory]
    [InlineData(Errno.NotPermitted, NotAvailableReason.NotPermitted)]
    [InlineData(93, NotAvailableReason.NotPresent)] // EPROTONOSUPPORT
    public async Task CollectAsync_NoSockets_SaysWhyAndReadsTheFiles(int errno, NotAvailableReason reason)
    {
        var host = (await CollectAsync(new RefusingTransportFactory(errno), TimeSpan.Zero)).Namespaces[0];
        host.Links.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        host.Routes.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        host.KernelWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        host.UserspaceWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        host.Sysctls.Value.ShouldNotBeNull().Keys.ShouldContain("net.ipv4.ip_forward");
    }

    [Theory]
    [InlineData("/proc/self/ns/none", NotAvailableReason.NotPresent)]
    [InlineData("/dev/null", NotAvailableReason.Failed)] // can be opened, but is no namespace
    public async Task CollectAsync_PathThatCannotBeEntered_IsANamespaceOfReasons(string path, NotAvailableReason reason)
    {
        var facts = await CollectAsync(Replay("links"), TimeSpan.FromMilliseconds(1), path);
        var other = facts.Namespaces[1];
        other.Name.ShouldBe(path);
        other.Links.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        other.RouteLookups.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        other.UserspaceWireGuard.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
        facts.Namespaces[0].Links.NotAvailable.ShouldBeNull();
    }

    [Fact]
    public async Task CollectAsync_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        var collecting = CollectAsync(Replay("links"), TimeSpan.FromHours(1), token: stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => collecting);
    }

    private static FunctionTransportFactory Replay(params string[] names)
    {
        var all = new NetlinkRecording();
        foreach (var name in names) all.Exchanges.AddRange(NetlinkRecording.Parse(File.ReadAllText(Fixtures.PathOf($"{name}.hex"))).Exchanges);
        var nothing = new NetlinkRecording();
        return new FunctionTransportFactory(protocol => new ReplayTransport(protocol == NetlinkConstants.ProtocolRoute ? all : nothing));
    }

    private Task<NodeFacts> CollectAsync(INetlinkTransportFactory netlink, TimeSpan observation, string? path = null, IReadOnlyList<string>? only = null, CancellationToken token = default)
    {
        var environment = new NodeEnvironment { Netlink = netlink, ProcRoot = _root.FullName, NamespaceFolders = [] };
        var request = new CollectionRequest
        {
            NodeName = "n1",
            Observation = observation,
            Readers = only is null ? null : only.Contains,
            NamespacePaths = path is null ? [] : [path],
            UapiDirectory = Path.Combine(_root.FullName, "no-uapi"),
        };
        return new FactsCollector(TimeProvider.System, environment).CollectAsync(request, token);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
