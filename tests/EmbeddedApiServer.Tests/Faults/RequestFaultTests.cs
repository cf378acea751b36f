// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Faults;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Faults;

/// <summary>Each fault does to a request what its name says, and the figures follow.</summary>
public sealed class RequestFaultTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        await _server.SendAsync("POST", Maps, Map("first"));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(RequestFault.Conflict, 409, "Conflict")]
    [InlineData(RequestFault.TooManyRequests, 429, "TooManyRequests")]
    [InlineData(RequestFault.InternalError, 500, "InternalError")]
    [InlineData(RequestFault.Unavailable, 503, "ServiceUnavailable")]
    public async Task Update_Refused_GetsAStatusAndChangesNothing(RequestFault fault, int code, string reason)
    {
        Always(fault);
        using HttpRequestMessage request = _server.Request("PATCH", Maps + "/first", JsonNode.Parse("""{"data":{"a":"b"}}"""), "application/merge-patch+json");
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        JsonNode status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        _server.Server.Faults.IsOn = false;
        (_, JsonNode? after) = await _server.SendAsync("GET", Maps + "/first");

        ((int)response.StatusCode).ShouldBe(code);
        ((string)status["kind"]!).ShouldBe("Status");
        ((string)status["reason"]!).ShouldBe(reason);
        ((int)status["code"]!).ShouldBe(code);
        response.Headers.RetryAfter.ShouldBe(code is 429 or 503 ? new(TimeSpan.FromSeconds(1)) : null);
        after!["data"].ShouldBeNull();
        _server.Server.Faults.Counts[fault].ShouldBe(1);
    }

    [Fact]
    public async Task Conflict_OnAReadOrACreate_DoesNotHappen()
    {
        Always(RequestFault.Conflict);

        (await _server.SendAsync("GET", Maps)).Code.ShouldBe(200);
        (await _server.SendAsync("POST", Maps, Map("second"))).Code.ShouldBe(201);
        _server.Server.Faults.Counts[RequestFault.Conflict].ShouldBe(0);
    }

    [Theory]
    [InlineData(RequestFault.DropBefore, 404)]
    [InlineData(RequestFault.DropConnection, 404)]
    [InlineData(RequestFault.DropAfter, 200)]
    public async Task Create_Dropped_IsCarriedOutOnlyWhenDroppedAfter(RequestFault fault, int found)
    {
        Always(fault);
        await Should.ThrowAsync<HttpRequestException>(() => _server.SendAsync("POST", Maps, Map("dropped")));
        _server.Server.Faults.IsOn = false;

        (await _server.SendAsync("GET", Maps + "/dropped")).Code.ShouldBe(found);
        _server.Server.Faults.Counts[fault].ShouldBe(1);
    }

    [Fact]
    public async Task GatewayTimeout_OnCreates_SomeWereCarriedOutAndSomeNot()
    {
        Always(RequestFault.GatewayTimeout);
        for (int index = 0; index < 20; index++)
            (await _server.SendAsync("POST", Maps, Map($"late-{index}"))).Code.ShouldBe(504);
        _server.Server.Faults.IsOn = false;

        (_, JsonNode? list) = await _server.SendAsync("GET", Maps);
        ((JsonArray)list!["items"]!).Count(item => ((string)item!["metadata"]!["name"]!).StartsWith("late-", StringComparison.Ordinal)).ShouldBeInRange(1, 19);
    }

    [Fact]
    public async Task Delay_OnARead_AnswersLater()
    {
        Always(RequestFault.Delay, plan => plan with { Delay = (TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(150)) });
        var watch = System.Diagnostics.Stopwatch.StartNew();

        (await _server.SendAsync("GET", Maps)).Code.ShouldBe(200);

        watch.ElapsedMilliseconds.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData(RequestFault.WatchExpired, "Expired")]
    [InlineData(RequestFault.WatchGone, "Gone")]
    public async Task Watch_Expired_EndsWith410InsideTheStream(RequestFault fault, string reason)
    {
        Always(fault);

        string[] lines = (await WatchAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        JsonNode last = JsonNode.Parse(lines[^1])!;
        ((string)last["type"]!).ShouldBe("ERROR");
        ((int)last["object"]!["code"]!).ShouldBe(410);
        ((string)last["object"]!["reason"]!).ShouldBe(reason);
    }

    [Fact]
    public async Task Watch_Cut_EndsInsideALine()
    {
        Always(RequestFault.WatchCut);

        string text = await WatchAsync();

        text.ShouldNotEndWith("\n");
        text.Split('\n')[^1].ShouldStartWith("{");
    }

    [Fact]
    public async Task Watch_Closed_SendsNothing()
    {
        Always(RequestFault.WatchClosed);

        (await WatchAsync()).ShouldBeEmpty();
        _server.Server.Faults.Counts[RequestFault.WatchClosed].ShouldBe(1);
    }

    [Fact]
    public async Task Plan_WithAFilter_MeansNobodyElse()
    {
        Always(RequestFault.InternalError, plan => plan with { Agents = ["kubewgdiag-operator"], Verbs = ["list"], Resources = ["configmaps"] });
        using HttpRequestMessage meant = _server.Request("GET", Maps);
        meant.Headers.UserAgent.ParseAdd("kubewgdiag-operator/1.0");
        using HttpRequestMessage other = _server.Request("GET", Maps + "/first");
        other.Headers.UserAgent.ParseAdd("kubewgdiag-operator/1.0");
        using HttpResponseMessage hit = await _server.Client.SendAsync(meant);
        using HttpResponseMessage spared = await _server.Client.SendAsync(other);

        ((int)hit.StatusCode).ShouldBe(500);
        ((int)spared.StatusCode).ShouldBe(200);
        (await _server.SendAsync("GET", Maps)).Code.ShouldBe(200);
        (await _server.SendAsync("GET", "/readyz")).Code.ShouldBe(200);
    }

    [Fact]
    public async Task Seed_TheSame_BringsTheSameFaultsWhateverElseIsAsked()
    {
        string first = await CodesAsync(seed: 42, disturb: false);
        string second = await CodesAsync(seed: 42, disturb: true);
        string other = await CodesAsync(seed: 43, disturb: false);

        second.ShouldBe(first);
        other.ShouldNotBe(first);
        first.ShouldContain("500");
        first.ShouldContain("200");
    }

    [Fact]
    public void Plan_WithMoreThanCertainty_IsRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => FaultPlan.Even(0.2));
        Should.Throw<ArgumentOutOfRangeException>(() => _server.Server.Faults.Plan = new FaultPlan { Rates = new Dictionary<RequestFault, double> { [RequestFault.Delay] = -0.1 } });
    }

    private static async Task<string> CodesAsync(int seed, bool disturb)
    {
        var faults = new RequestFaults(seed) { IsOn = true, Plan = new FaultPlan { Rates = new Dictionary<RequestFault, double> { [RequestFault.InternalError] = 0.3 } } };
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { Faults = faults });
        var codes = new List<int>();
        for (int index = 0; index < 30; index++)
        {
            codes.Add((await server.SendAsync("GET", Maps)).Code);
            if (disturb)
                await server.SendAsync("GET", "/api/v1/nodes");
        }

        return string.Join(' ', codes);
    }

    private static JsonObject Map(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new JsonObject { ["name"] = name } };

    private void Always(RequestFault fault, Func<FaultPlan, FaultPlan>? with = null)
    {
        var plan = new FaultPlan { Rates = new Dictionary<RequestFault, double> { [fault] = 1 }, WatchFaultWithin = TimeSpan.FromMilliseconds(200) };
        _server.Server.Faults.Plan = with is null ? plan : with(plan);
        _server.Server.Faults.IsOn = true;
    }

    private async Task<string> WatchAsync()
    {
        using HttpRequestMessage request = _server.Request("GET", Maps + "?watch=true&timeoutSeconds=20");
        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200);
        return await response.Content.ReadAsStringAsync();
    }
}
