// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Simulation;

/// <summary>Nodes without processes: what each behaviour shows on the node and on a DaemonSet's pod.</summary>
public sealed class SimulatedNodeTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task DaemonSet_OnHealthyNodes_BecomesReadyEverywhere()
    {
        await using TestServer server = await StartAsync(20);

        JsonNode? set = await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 20);

        ((int)set!["status"]!["desiredNumberScheduled"]!).ShouldBe(20);
        ((int?)set["status"]!["numberReady"]).ShouldBe(20);
        JsonNode? pods = await server.UntilAsync(Pods, _ => true);
        pods!["items"]!.AsArray().ShouldAllBe(pod => (string)pod!["status"]!["hostIP"]! == (string)pod["status"]!["podIP"]! && (string)pod["status"]!["phase"]! == "Running");
    }

    [Fact]
    public async Task NotReady_PodStaysPendingAndTheNodeSaysSo()
    {
        await using TestServer server = await StartAsync(2, NodeBehaviour.NotReady, """ "tolerations": [ { "operator": "Exists" } ], """);
        await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);

        (_, JsonNode? node) = await server.SendAsync("GET", "/api/v1/nodes/node-1");
        JsonNode pod = await PodAsync(server, found => found["spec"]!["nodeName"] is not null);

        ((string)node!["status"]!["conditions"]![0]!["status"]!).ShouldBe("False");
        node["spec"]!["taints"]!.AsArray().Count.ShouldBe(2);
        ((string)pod["status"]!["phase"]!).ShouldBe("Pending");
        pod["status"]!["containerStatuses"].ShouldBeNull();
    }

    [Fact]
    public async Task Cordoned_DaemonPodRunsAllTheSame()
    {
        await using TestServer server = await StartAsync(1, NodeBehaviour.Cordoned);

        JsonNode? set = await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);

        ((int?)set!["status"]!["numberReady"]).ShouldBe(1);
        (_, JsonNode? node) = await server.SendAsync("GET", "/api/v1/nodes/node-1");
        ((bool)node!["spec"]!["unschedulable"]!).ShouldBeTrue();
    }

    [Fact]
    public async Task Tainted_DaemonSetWithoutTolerationGetsNoPodThere()
    {
        await using TestServer server = await StartAsync(3, NodeBehaviour.Tainted);

        JsonNode? set = await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 2);

        ((int)set!["status"]!["desiredNumberScheduled"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Full_PodIsUnschedulableWithTheSchedulersReason()
    {
        await using TestServer server = await StartAsync(2, NodeBehaviour.Full);

        JsonNode pod = await PodAsync(server, found => found["status"]!["conditions"]?[0]?["reason"] is not null);

        pod["spec"]!["nodeName"].ShouldBeNull();
        JsonNode condition = pod["status"]!["conditions"]![0]!;
        ((string)condition["reason"]!).ShouldBe("Unschedulable");
        ((string)condition["message"]!).ShouldBe("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector.");
    }

    [Fact]
    public async Task ImagePullError_WaitsWithErrImagePullThenBackOff()
    {
        await using TestServer server = await StartAsync(1, NodeBehaviour.ImagePullError);

        JsonNode pod = await PodAsync(server, found => Waiting(found) == "ImagePullBackOff");

        Waiting(pod).ShouldBe("ImagePullBackOff");
        ((string)pod["status"]!["phase"]!).ShouldBe("Pending");
    }

    [Fact]
    public async Task CrashLoop_BacksOffWithTheTerminationMessageAndRestartsAreCounted()
    {
        await using TestServer server = await StartAsync(1, NodeBehaviour.CrashLoop);

        JsonNode pod = await PodAsync(server, found => Waiting(found) == "CrashLoopBackOff" && (int?)found["status"]?["containerStatuses"]?[0]?["restartCount"] >= 1);

        JsonNode ended = pod["status"]!["containerStatuses"]![0]!["lastState"]!["terminated"]!;
        ((int)ended["exitCode"]!).ShouldBe(1);
        ((string)ended["message"]!).ShouldBe("cannot open netlink socket: operation not permitted");
    }

    [Fact]
    public async Task SetNodeBehaviour_NodeRecovers_PodBecomesReady()
    {
        await using TestServer server = await StartAsync(1, NodeBehaviour.CrashLoop);
        await PodAsync(server, found => Waiting(found) == "CrashLoopBackOff");

        server.Server.SetNodeBehaviour("node-1", NodeBehaviour.Healthy);
        JsonNode? set = await server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);

        ((int?)set!["status"]!["numberReady"]).ShouldBe(1);
        Should.Throw<ArgumentException>(() => server.Server.SetNodeBehaviour("node-9", NodeBehaviour.Healthy));
    }

    [Fact]
    public async Task Heartbeat_RenewsTheLeaseOfEveryNode()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions
        {
            Nodes = NodeSimulation.Nodes(4),
            Simulation = new NodeSimulation { Heartbeat = TimeSpan.FromMilliseconds(400) },
        });
        const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
        JsonNode? first = await server.UntilAsync(Leases, body => body!["items"]!.AsArray().Count == 4);

        JsonNode? later = await server.UntilAsync(Leases, body => Renewed(body!) != Renewed(first!));

        Renewed(later!).ShouldNotBe(Renewed(first!));
    }

    private static string Renewed(JsonNode list) => (string)list["items"]![3]!["spec"]!["renewTime"]!;

    private static async Task<TestServer> StartAsync(int count, NodeBehaviour first = NodeBehaviour.Healthy, string podSpec = "")
    {
        IReadOnlyList<EmbeddedNode> nodes = NodeSimulation.Nodes(count);
        TestServer server = await TestServer.StartAsync(new ApiServerOptions
        {
            Nodes = [nodes[0] with { Simulated = first }, .. nodes.Skip(1)],
            RestartBackOff = TimeSpan.FromMilliseconds(100),
            Simulation = new NodeSimulation { StartDelay = (TimeSpan.Zero, TimeSpan.FromMilliseconds(100)), CrashAfter = TimeSpan.FromMilliseconds(50) },
        });
        (await server.ApplyAsync(Objects.DaemonSet, Objects.Daemons(podSpec: podSpec))).Code.ShouldBe(201);
        return server;
    }

    /// <summary>The pod that is meant for the first node.</summary>
    private static async Task<JsonNode> PodAsync(TestServer server, Func<JsonNode, bool> condition)
    {
        static JsonNode? Find(JsonNode? list) => list!["items"]!.AsArray().FirstOrDefault(pod => pod!["spec"]!["affinity"]!.ToJsonString().Contains("\"node-1\"", StringComparison.Ordinal));
        JsonNode? found = await server.UntilAsync(Pods, list => Find(list) is { } pod && condition(pod));
        return Find(found).ShouldNotBeNull();
    }

    private static string? Waiting(JsonNode pod) => (string?)pod["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"];
}
