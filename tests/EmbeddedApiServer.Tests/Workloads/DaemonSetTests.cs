// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Workloads;

public sealed class DaemonSetTests : IAsyncLifetime
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private readonly FakePodRuntime _runtime = new();
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await TestServer.StartAsync(new ApiServerOptions
    {
        Nodes = [.. Objects.Nodes(2), new EmbeddedNode("node-3", new Dictionary<string, string>(), ["192.0.2.3"], []) { Taints = [new("dedicated", "x", "NoSchedule")] }],
        PodRuntime = _runtime,
        AdvertisedHost = "192.0.2.100",
        AdvertisedPort = 6443,
        RestartBackOff = TimeSpan.FromMilliseconds(50),
    });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Apply_TwoOfThreeNodesTolerated_StartsOneProcessOnEach()
    {
        JsonNode? status = await ApplyAndWaitAsync(Objects.Daemons(), 2);

        ((int)status!["desiredNumberScheduled"]!).ShouldBe(2);
        ((int)status["numberAvailable"]!).ShouldBe(2);
        ((int)status["observedGeneration"]!).ShouldBe(1);
        _runtime.Started.Select(process => process.Start.Node).Order().ShouldBe(["node-1", "node-2"]);
        PodStart start = _runtime.Started.First(process => process.Start.Node == "node-2").Start;
        start.Args.ShouldBe(["run"]);
        start.Environment["NODE_NAME"].ShouldBe("node-2");
        start.Environment["DIAGNOSIS_UID"].ShouldBe("u-1");
        start.Environment["HOST_IP"].ShouldBe("192.0.2.2");
        start.Environment["PLAIN"].ShouldBe("x");
        start.Environment["KUBERNETES_SERVICE_HOST"].ShouldBe("192.0.2.100");
        start.Environment["KUBERNETES_SERVICE_PORT"].ShouldBe("6443");
        (await File.ReadAllTextAsync(Path.Combine(start.ServiceAccountDirectory, "namespace"))).ShouldBe("default");
        (await File.ReadAllTextAsync(Path.Combine(start.ServiceAccountDirectory, "ca.crt"))).ShouldBe(_server.Server.AuthorityPem);
    }

    [Fact]
    public async Task Apply_TolerationForEverything_ReachesTheTaintedNode()
    {
        await ApplyAndWaitAsync(Objects.Daemons(podSpec: """ "tolerations": [ { "operator": "Exists" } ], """), 3);

        _runtime.Started.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Apply_NodeSelector_PicksOnlyMatchingNodes()
    {
        await ApplyAndWaitAsync(Objects.Daemons(podSpec: """ "nodeSelector": { "zone": "b" }, """), 1);

        _runtime.Started.ShouldHaveSingleItem().Start.Node.ShouldBe("node-2");
    }

    [Fact]
    public async Task Apply_UnknownImage_ShowsWhyThePodWaits()
    {
        await _server.ApplyAsync(Objects.DaemonSet, Objects.Daemons("nobody/knows:1"));

        JsonNode? pods = await _server.UntilAsync(Pods, body => Waiting(body) == "ImagePullBackOff");

        Waiting(pods).ShouldBe("ImagePullBackOff");
        ((string)pods!["items"]![0]!["status"]!["phase"]!).ShouldBe("Pending");
        ((string)pods["items"]![0]!["status"]!["containerStatuses"]![0]!["state"]!["waiting"]!["message"]!).ShouldContain("nobody/knows:1");
    }

    [Fact]
    public async Task Exit_ProcessFails_IsStartedAgainAndLeavesItsLastWords()
    {
        await ApplyAndWaitAsync(Objects.Daemons(podSpec: """ "nodeSelector": { "zone": "b" }, """), 1);

        _runtime.Started[0].End(3);

        JsonNode? pods = await _server.UntilAsync(Pods, body => Restarts(body) == 1);
        Restarts(pods).ShouldBe(1);
        JsonNode last = pods!["items"]![0]!["status"]!["containerStatuses"]![0]!["lastState"]!["terminated"]!;
        ((int)last["exitCode"]!).ShouldBe(3);
        ((string)last["message"]!).ShouldBe("the last line");
    }

    [Fact]
    public async Task Delete_DaemonSet_StopsProcessesWithTheirGraceAndRemovesPods()
    {
        await ApplyAndWaitAsync(Objects.Daemons(podSpec: """ "terminationGracePeriodSeconds": 7, """), 2);

        (int code, _) = await _server.SendAsync("DELETE", Objects.DaemonSet);

        code.ShouldBe(200);
        await _server.UntilAsync(Pods, body => Count(body) == 0);
        _runtime.Alive.ShouldBeEmpty();
        _runtime.Started.ShouldAllBe(process => process.StoppedWithin == TimeSpan.FromSeconds(7));
        _runtime.Started.ShouldAllBe(process => !Directory.Exists(process.Start.ServiceAccountDirectory));
    }

    [Fact]
    public async Task Apply_ChangedTemplate_ReplacesEveryPod()
    {
        await ApplyAndWaitAsync(Objects.Daemons(), 2);

        await _server.ApplyAsync(Objects.DaemonSet, Objects.Daemons("known:2"));

        // The status of the template before says the same until the controller has seen the new one.
        await _server.UntilAsync(
            Objects.DaemonSet,
            body => (long?)body?["status"]?["observedGeneration"] == (long?)body?["metadata"]?["generation"]
                && (int?)body?["status"]?["updatedNumberScheduled"] == 2 && (int?)body["status"]?["numberReady"] == 2);
        _runtime.Alive.Select(process => process.Start.Image).ShouldBe(["known:2", "known:2"]);
    }

    [Fact]
    public async Task Token_OfAPod_IsBoundToPodAndNodeAndDiesWithThePod()
    {
        await ApplyAndWaitAsync(Objects.Daemons(podSpec: """ "nodeSelector": { "zone": "b" }, """), 1);
        string token = _runtime.Started[0].Token;

        JsonNode review = await ReviewAsync(token);
        await _server.SendAsync("DELETE", Objects.DaemonSet);
        await _server.UntilAsync(Pods, body => Count(body) == 0);
        JsonNode later = await ReviewAsync(token);

        ((bool)review["status"]!["authenticated"]!).ShouldBeTrue();
        ((string)review["status"]!["user"]!["username"]!).ShouldBe("system:serviceaccount:default:default");
        ((string)review["status"]!["user"]!["extra"]!["authentication.kubernetes.io/node-name"]![0]!).ShouldBe("node-2");
        later["status"]!["authenticated"].ShouldBeNull();
    }

    [Fact]
    public async Task Pod_WithoutAFittingNode_SaysWhyItIsNotScheduled()
    {
        JsonNode pod = JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"lost"},"spec":{"nodeSelector":{"no":"where"},"containers":[{"name":"c","image":"known:1"}]}}""")!;
        (int code, _) = await _server.SendAsync("POST", Pods, pod);

        JsonNode? found = await _server.UntilAsync(Pods + "/lost", body => body?["status"]?["conditions"] is not null);

        code.ShouldBe(201);
        JsonNode condition = found!["status"]!["conditions"]![0]!;
        ((string)condition["type"]!).ShouldBe("PodScheduled");
        ((string)condition["reason"]!).ShouldBe("Unschedulable");
        ((string)condition["message"]!).ShouldStartWith("0/3 nodes are available: 3 node(s) didn't match");
    }

    private async Task<JsonNode?> ApplyAndWaitAsync(JsonNode set, int ready)
    {
        (int code, JsonNode? made) = await _server.ApplyAsync(Objects.DaemonSet, set);
        code.ShouldBe(201, made?.ToJsonString());
        JsonNode? body = await _server.UntilAsync(Objects.DaemonSet, found => (int?)found?["status"]?["numberReady"] == ready);
        ((int?)body?["status"]?["numberReady"]).ShouldBe(ready);
        return body!["status"];
    }

    private async Task<JsonNode> ReviewAsync(string token)
    {
        var review = new JsonObject { ["apiVersion"] = "authentication.k8s.io/v1", ["kind"] = "TokenReview", ["spec"] = new JsonObject { ["token"] = token } };
        (_, JsonNode? answer) = await _server.SendAsync("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review);
        return answer!;
    }

    private static int Count(JsonNode? list) => ((JsonArray)list!["items"]!).Count;

    private static string? Waiting(JsonNode? list) => Count(list) == 0 ? null : (string?)list!["items"]![0]!["status"]?["containerStatuses"]?[0]?["state"]?["waiting"]?["reason"];

    private static int? Restarts(JsonNode? list) => Count(list) == 0 ? null : (int?)list!["items"]![0]!["status"]?["containerStatuses"]?[0]?["restartCount"];
}
