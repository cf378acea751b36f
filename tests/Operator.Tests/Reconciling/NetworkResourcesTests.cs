// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Reconciling;
using KubeWgDiag.Operator.Reconciling.Networks;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>What pod networks publish in resources of their own: asked for where it is needed, and no trouble where it is not there.</summary>
public sealed class NetworkResourcesTests
{
    private readonly FakeCluster _cluster = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly NetworkResources _resources;

    public NetworkResourcesTests() => _resources = new NetworkResources(_cluster, _time);

    [Fact]
    public async Task For_ClusterWithoutCilium_AsksNothing()
    {
        (await _resources.ForAsync([Facts("flannel-wg")], default)).ShouldBeEmpty();
        _cluster.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task For_Cilium_GivesKeyAddressesAndRanges_OnceAMinute()
    {
        Put("node-1", "key-1");

        var known = await _resources.ForAsync([Facts("cilium_wg0")], default);
        known["node-1"].Addresses.ShouldBe([IpAddr.Parse("192.0.2.1")]);
        known["node-1"].PodCidrs.ShouldBe([IpPrefix.Parse("10.0.1.0/24")]);
        known["node-1"].Annotations.ShouldHaveSingleItem().Value.ShouldBe("key-1");

        Put("node-1", "key-2");
        (await _resources.ForAsync([Facts("cilium_wg0")], default))["node-1"].Annotations.Values.ShouldBe(["key-1"]);
        _time.Advance(TimeSpan.FromSeconds(61));
        (await _resources.ForAsync([Facts("cilium_wg0")], default))["node-1"].Annotations.Values.ShouldBe(["key-2"]);
        _cluster.Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData(KubeErrorKind.NotFound, 0)]
    [InlineData(KubeErrorKind.Forbidden, 0)]
    [InlineData(KubeErrorKind.ServerError, 1)]
    public async Task For_WhatCannotBeListed_IsSilence_AnOutageKeepsWhatIsKnown(KubeErrorKind kind, int kept)
    {
        Put("node-1", "key-1");
        await _resources.ForAsync([Facts("cilium_wg0")], default);
        _time.Advance(TimeSpan.FromSeconds(61));
        _cluster.Refuse = call => call == "list ciliumnodes" ? new KubeError(kind, "as the test wants it") : null;

        (await _resources.ForAsync([Facts("cilium_wg0")], default)).Count.ShouldBe(kept);
        _time.Advance(TimeSpan.FromSeconds(61));
        await _resources.ForAsync([Facts("cilium_wg0")], default);
        _cluster.Calls.ShouldBe(kept == 0 ? 2 : 3);
    }

    [Fact]
    public async Task Read_WithSupplement_NodesGetWhatCiliumSays()
    {
        Put("node-1", "key-1");
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = "node-1" },
            Spec = new NodeSpec { PodCidrs = ["10.244.0.0/24"] },
            Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = "192.0.2.1" }] },
        };

        var read = ClusterReading.Read([node, new Node { Metadata = new ObjectMeta { Name = "node-2" } }], _time.GetUtcNow(), await _resources.ForAsync([Facts("cilium_wg0")], default)).Nodes;
        read[0].Annotations.ShouldHaveSingleItem().Key.ShouldBe("network.cilium.io/wg-pub-key");
        read[0].Addresses.ShouldBe([IpAddr.Parse("192.0.2.1")]);
        read[0].PodCidrs.ShouldBe([IpPrefix.Parse("10.0.1.0/24")]);
        read[1].Annotations.ShouldBeEmpty();
    }

    private void Put(string name, string key) => _cluster.Put(CiliumNode.Type, new CiliumNode
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Annotations = new Dictionary<string, string> { ["network.cilium.io/wg-pub-key"] = key, ["io.cilium.network.wg-pub-key"] = new string('x', 5000), ["other"] = "o" },
        },
        Spec = new CiliumNodeSpec
        {
            Addresses = [new CiliumNodeAddress { Type = "InternalIP", Ip = "192.0.2.1" }, new CiliumNodeAddress { Type = "CiliumInternalIP", Ip = "10.0.1.99" }, new CiliumNodeAddress { Type = "InternalIP", Ip = "nonsense" }],
            Ipam = new CiliumNodeIpam { PodCidrs = ["10.0.1.0/24", "nonsense"] },
        },
    });

    private NodeFacts Facts(string device) => new()
    {
        Node = "node-1",
        At = _time.GetUtcNow(),
        Namespaces =
        [
            new NamespaceFacts
            {
                Id = "net:[1]",
                Name = "host",
                Links = Unread<IReadOnlyList<LinkFact>>(),
                Addresses = Unread<IReadOnlyList<AddressFact>>(),
                Routes = Unread<IReadOnlyList<RouteFact>>(),
                Rules = Unread<IReadOnlyList<RuleFact>>(),
                Neighbours = Unread<IReadOnlyList<NeighbourFact>>(),
                Sysctls = Unread<IReadOnlyDictionary<string, long>>(),
                ProtocolCounters = Unread<IReadOnlyDictionary<string, Counter>>(),
                KernelWireGuard = new() { Source = "test", At = _time.GetUtcNow(), Value = [new WireGuardDeviceFact { Name = device, Implementation = WireGuardImplementation.Kernel }] },
                UserspaceWireGuard = Unread<IReadOnlyList<WireGuardDeviceFact>>(),
                RouteLookups = Unread<IReadOnlyList<RouteLookupFact>>(),
            },
        ],
    };

    private Fact<T> Unread<T>()
        where T : class => new() { Source = "test", At = _time.GetUtcNow(), NotAvailable = new NotAvailable(NotAvailableReason.NotRequested, "") };
}
