// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Runs;
using KubeWgDiag.Operator.Tests.Reconciling;

namespace KubeWgDiag.Operator.Tests.Paths;

public sealed class PathResolverTests
{
    private readonly FakeCluster _cluster = new();

    public PathResolverTests()
    {
        foreach (var (name, address) in new[] { ("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.3") })
            _cluster.AddNode(TestData.Node(name) with { Status = new() { Addresses = [new() { Type = "InternalIP", Address = address }, new() { Type = "Hostname", Address = name }] } });
        AddPod("front", "a", "10.0.1.5", "fd00:1::5");
        AddPod("back", "b", "10.0.2.5", "fd00:2::5");
    }

    [Fact]
    public async Task Pods_OfBothNames_AreTheirNodesAndFirstAddresses()
    {
        var path = await OnlyAsync(Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") }));

        (path.Asked.FromNode, path.Asked.ToNode, path.Asked.Unresolved).ShouldBe(("a", "b", null));
        path.Question!.From.ShouldBe(["10.0.1.5"]);
        (path.Question.To, path.Question.Protocol, path.Question.Port, path.Question.FromNode).ShouldBe(("10.0.2.5", PathProtocol.TCP, 80, null));
    }

    [Fact]
    public async Task Family_IsAsked_TakesThatOne() =>
        (await OnlyAsync(Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") }) with { Family = PathFamily.IPv6 })).Question!.To.ShouldBe("fd00:2::5");

    [Fact]
    public async Task Node_IsAsked_ItsInternalAddressesAndItsOwnChoice()
    {
        var path = await OnlyAsync(Spec(new() { Node = "a" }, new() { Node = "c" }));

        path.Question!.FromNode.ShouldBe(true);
        path.Question.From.ShouldBe(["192.0.2.1"]);
        path.Question.To.ShouldBe("192.0.2.3");
    }

    [Fact]
    public async Task HostNetworkPod_StandsForItsNode()
    {
        AddPod("agent", "c", "192.0.2.3", null, hostNetwork: true);

        (await OnlyAsync(Spec(new() { Pod = Named("agent") }, new() { Pod = Named("back") }))).Question!.FromNode.ShouldBe(true);
    }

    [Fact]
    public async Task Service_IsItsFirstTwoReadyEndpointsWithTheirOwnPort()
    {
        AddService("db", 80, "web");
        AddSlice("db", "web", 8080, ("10.0.2.7", "b", true), ("10.0.3.7", "c", false), ("10.0.2.6", "b", null), ("10.0.2.9", "b", true));

        var paths = await ResolveAsync(Spec(new() { Pod = Named("front") }, new() { Service = Named("db") }));

        paths.All.Select(path => (path.Question!.To, path.Question.Port, path.Asked.ToNode)).ShouldBe([("10.0.2.6", 8080, "b"), ("10.0.2.7", 8080, "b")]);
    }

    [Theory]
    [InlineData("db", 81, "has no port 81")]
    [InlineData("none", 80, "there is no service shop/none")]
    [InlineData("empty", 80, "has no ready endpoint")]
    public async Task Service_WithoutWhatIsAsked_SaysSo(string name, int port, string reason)
    {
        AddService("db", 80, "web");
        AddService("empty", 80, "web");

        (await OnlyAsync(Spec(new() { Pod = Named("front") }, new() { Service = Named(name) }) with { Port = port })).Asked.Unresolved.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public async Task Address_OfUnknownNode_IsAskedEverywhere()
    {
        var paths = await ResolveAsync(Spec(new() { Node = "a" }, new() { Address = "10.0.9.9" }));

        foreach (var node in new[] { "a", "b", "c" }) paths.For(node).ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Path_BetweenTwoNodes_IsNoConcernOfAThirdOne()
    {
        var paths = await ResolveAsync(Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") }));

        paths.For("a").ShouldNotBeNull();
        paths.For("b").ShouldNotBeNull();
        paths.For("c").ShouldBeNull();
    }

    [Theory]
    [InlineData("gone", "there is no pod shop/gone")]
    [InlineData("../../secrets/x", "the pod's name is none")]
    public async Task Pod_ThatIsNone_IsNoGuess(string name, string reason) =>
        (await OnlyAsync(Spec(new() { Pod = Named(name) }, new() { Pod = Named("back") }))).Asked.Unresolved.ShouldBe(reason);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("not-an-address")]
    public async Task Address_OfNoHost_IsRefused(string address) =>
        (await OnlyAsync(Spec(new() { Node = "a" }, new() { Address = address }))).Asked.Unresolved.ShouldBe("the address is none of a host");

    [Fact]
    public async Task Families_WithoutACommonOne_SaySo()
    {
        AddPod("v4only", "b", "10.0.2.8", null);

        (await OnlyAsync(Spec(new() { Pod = Named("front") }, new() { Pod = Named("v4only") }) with { Family = PathFamily.IPv6 })).Asked.Unresolved.ShouldNotBeNull().ShouldContain("IPv6");
    }

    [Fact]
    public async Task Reading_IsForbidden_IsSaidAndNotTriedAgain()
    {
        _cluster.Refuse = call => call == "get pods" ? new KubeError(KubeErrorKind.Forbidden, "no") : null;

        (await OnlyAsync(Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") }))).Asked.Unresolved.ShouldBe("the operator may not read pod shop/front");
    }

    [Fact]
    public async Task Reading_FailsForAMoment_IsTriedAgain()
    {
        var resolver = new PathResolver(_cluster, _cluster);
        var diagnosis = TestData.Mesh(new() { Paths = [Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") })] });
        _cluster.Refuse = call => call == "get pods" ? new KubeError(KubeErrorKind.Unreachable, "away") : null;
        (await resolver.ResolveAsync(diagnosis, Run("1"), CancellationToken.None)).Error.ShouldNotBeNull();

        _cluster.Refuse = _ => null;
        (await resolver.ResolveAsync(diagnosis, Run("1"), CancellationToken.None)).Value!.All.ShouldHaveSingleItem().Asked.Unresolved.ShouldBeNull();
    }

    [Fact]
    public async Task Run_IsUnderWay_KeepsWhatWasResolvedAtItsStart()
    {
        var resolver = new PathResolver(_cluster, _cluster);
        var diagnosis = TestData.Mesh(new() { Paths = [Spec(new() { Pod = Named("front") }, new() { Pod = Named("back") })] });
        await resolver.ResolveAsync(diagnosis, Run("1"), CancellationToken.None);
        AddPod("back", "c", "10.0.3.5", null);

        (await resolver.ResolveAsync(diagnosis, Run("1"), CancellationToken.None)).Value!.All[0].Asked.ToNode.ShouldBe("b");
        (await resolver.ResolveAsync(diagnosis, Run("2"), CancellationToken.None)).Value!.All[0].Asked.ToNode.ShouldBe("c");
    }

    private static NamespacedName Named(string name) => new() { Namespace = "shop", Name = name };

    private static PathSpec Spec(PathSource from, PathTarget to) => new() { Name = "p", From = from, To = to, Protocol = PathProtocol.TCP, Port = 80 };

    private static Run Run(string id) => new(id, TestData.Noon, TestData.Noon.AddMinutes(2));

    private async Task<ResolvedPaths> ResolveAsync(PathSpec spec) =>
        (await new PathResolver(_cluster, _cluster).ResolveAsync(TestData.Mesh(new() { Paths = [spec] }), Run("1"), CancellationToken.None)).Value.ShouldNotBeNull();

    private async Task<ResolvedPath> OnlyAsync(PathSpec spec) => (await ResolveAsync(spec)).All.ShouldHaveSingleItem();

    private void AddPod(string name, string node, string v4, string? v6, bool hostNetwork = false) => _cluster.Put(BuiltInTypes.Pod, new Pod
    {
        Metadata = new() { Name = name, Namespace = "shop" },
        Spec = new() { NodeName = node, HostNetwork = hostNetwork },
        Status = new() { Phase = "Running", PodIp = v4, PodIps = [new() { Ip = v4 }, .. v6 is null ? Array.Empty<PodIp>() : [new PodIp { Ip = v6 }]] },
    });

    private void AddService(string name, int port, string portName) => _cluster.Put(BuiltInTypes.Service, new Service
    {
        Metadata = new() { Name = name, Namespace = "shop" },
        Spec = new() { Ports = [new() { Name = portName, Port = port }] },
    });

    private void AddSlice(string service, string portName, int port, params (string Address, string Node, bool? Ready)[] endpoints) => _cluster.Put(BuiltInTypes.EndpointSlice, new EndpointSlice
    {
        Metadata = new() { Name = $"{service}-1", Namespace = "shop", Labels = new Dictionary<string, string> { [EndpointSlice.ServiceLabel] = service } },
        AddressType = "IPv4",
        Endpoints = [.. endpoints.Select(item => new Endpoint { Addresses = [item.Address], NodeName = item.Node, Conditions = new() { Ready = item.Ready } })],
        Ports = [new() { Name = portName, Protocol = "TCP", Port = port }],
    });
}
