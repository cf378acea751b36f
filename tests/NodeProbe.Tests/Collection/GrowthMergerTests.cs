// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class GrowthMergerTests
{
    [Fact]
    public void Merge_LinksByIndexAndName_GrowOnlyWhenTheyAreTheSame()
    {
        var merged = GrowthMerger.Merge(
            At(links: [Link(1, "a", 10), Link(2, "b", 10), Link(3, "c", 10)]),
            At(links: [Link(1, "a", 15), Link(2, "renamed", 15), Link(3, "c", 4), Link(4, "new", 1)]));
        merged.Links.Value.ShouldNotBeNull().Select(l => l.Counters!.RxPackets).ShouldBe([
            new Counter(15, 5), new Counter(15), new Counter(4), new Counter(1)]);
    }

    [Fact]
    public void Merge_PeersByDeviceAndKey_Grow()
    {
        var merged = GrowthMerger.Merge(
            At(devices: [Device("wg0", ("k", 100)), Device("wg1", ("k", 7))]),
            At(devices: [Device("wg0", ("k", 130), ("n", 5)), Device("wg2", ("k", 9))]));
        merged.KernelWireGuard.Value.ShouldNotBeNull().SelectMany(d => d.Peers).Select(p => p.Received).ShouldBe([
            new Counter(130, 30), new Counter(5), new Counter(9)]);
    }

    [Fact]
    public void Merge_EndpointThatMoved_IsRememberedThoughOnlyCountersAreHeld()
    {
        var (before, after) = (new IpEndpoint(IpAddr.Parse("203.0.113.7"), 40001), new IpEndpoint(IpAddr.Parse("203.0.113.7"), 40002));
        GrowthMerger.Merge(CountersOnly.Of(At(devices: [Seen(before)])), At(devices: [Seen(after)])).KernelWireGuard.Value.ShouldNotBeNull()[0].Peers[0].PreviousEndpoint.ShouldBe(before);
        GrowthMerger.Merge(CountersOnly.Of(At(devices: [Seen(after)])), At(devices: [Seen(after)])).KernelWireGuard.Value.ShouldNotBeNull()[0].Peers[0].PreviousEndpoint.ShouldBeNull();

        static WireGuardDeviceFact Seen(IpEndpoint at) => new()
        {
            Name = "wg0",
            Implementation = WireGuardImplementation.Kernel,
            Peers = [new WireGuardPeerFact { PublicKey = "k", Endpoint = at }],
        };
    }

    [Fact]
    public void Merge_ProtocolCounters_Grow()
    {
        var merged = GrowthMerger.Merge(At(counters: new() { ["Udp.NoPorts"] = new(1) }), At(counters: new() { ["Udp.NoPorts"] = new(4), ["Ip.New"] = new(2) }));
        merged.ProtocolCounters.Value.ShouldNotBeNull()["Udp.NoPorts"].ShouldBe(new Counter(4, 3));
        merged.ProtocolCounters.Value["Ip.New"].ShouldBe(new Counter(2));
    }

    [Fact]
    public void Merge_Qdiscs_GrowWhereTheyAreTheSameAndWrapAround()
    {
        static NamespaceFacts Queues(params (string Kind, uint Handle, uint? Drops)[] qdiscs) => At() with
        {
            TrafficControl = Fact(new TrafficControlFact { Qdiscs = [.. qdiscs.Select(q => new QdiscFact { Link = 2, Kind = q.Kind, Handle = q.Handle, Drops = q.Drops })], Filters = [] }),
        };

        var merged = GrowthMerger.Merge(
            Queues(("tbf", 1, 5), ("fq", 2, uint.MaxValue), ("mq", 3, null)), Queues(("tbf", 1, 9), ("fq", 2, 1), ("mq", 3, 4), ("fq", 9, 7)));
        merged.TrafficControl!.Value!.Qdiscs.Select(q => q.DropGrowth).ShouldBe([4u, 2u, null, null]);
        GrowthMerger.Merge(At(), Queues(("tbf", 1, 9))).TrafficControl!.Value!.Qdiscs[0].DropGrowth.ShouldBeNull();
    }

    [Fact]
    public void Merge_StartUnreadable_KeepsTheEndWithoutGrowth()
    {
        var merged = GrowthMerger.Merge(At(), At(links: [Link(1, "a", 15)]));
        merged.Links.Value.ShouldNotBeNull()[0].Counters!.RxPackets.ShouldBe(new Counter(15));
        merged.KernelWireGuard.NotAvailable.ShouldNotBeNull();
    }

    private static NamespaceFacts At(
        IReadOnlyList<LinkFact>? links = null, IReadOnlyList<WireGuardDeviceFact>? devices = null, Dictionary<string, Counter>? counters = null) =>
        UnreadNamespace.Of(new NamespaceTarget("net:[1]", "host", null), new NotAvailable(NotAvailableReason.Failed, "test"), default) with
        {
            Links = Fact(links),
            KernelWireGuard = Fact(devices),
            ProtocolCounters = Fact<IReadOnlyDictionary<string, Counter>>(counters),
        };

    private static Fact<T> Fact<T>(T? value)
        where T : class => new()
        {
            Source = "test",
            At = default,
            Value = value,
            NotAvailable = value is null ? new NotAvailable(NotAvailableReason.Failed, "test") : null,
        };

    private static LinkFact Link(int index, string name, ulong received) =>
        new() { Index = index, Name = name, Counters = new LinkCounters { RxPackets = new Counter(received) } };

    private static WireGuardDeviceFact Device(string name, params (string Key, ulong Received)[] peers) => new()
    {
        Name = name,
        Implementation = WireGuardImplementation.Kernel,
        Peers = [.. peers.Select(p => new WireGuardPeerFact { PublicKey = p.Key, Received = new Counter(p.Received) })],
    };
}
