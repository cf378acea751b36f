// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Storage;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Watching;

/// <summary>What reaches a watch: by the index of fields, within its queue, and not beyond.</summary>
public sealed class SubscriptionTests
{
    private readonly ObjectStore _store = new(windowCapacity: 1000, windowBytes: 1 << 20);

    public SubscriptionTests() => _store.Open("probes", ["spec.nodeName"]);

    [Fact]
    public void Watch_OfOneValue_GetsWhatHasItAndWhatLosesIt()
    {
        Put("p1", "a");
        WatchStart watch = _store.Watch("probes", "", null, ("spec.nodeName", "a"));

        Put("p2", "b");
        Put("p3", "a");
        Put("p3", "b");
        _store.Remove("probes", _store.Find("probes", "", "p1")!);

        watch.Items.Select(item => item.Name).ShouldBe(["p1"]);
        watch.Subscription.Take(10).Select(change => (change.Latest.Name, change.After is null)).ShouldBe([("p3", false), ("p3", false), ("p1", true)]);
    }

    [Fact]
    public void Watch_Ended_GetsNothingMore()
    {
        WatchStart watch = _store.Watch("probes", "", null, ("spec.nodeName", "a"));

        _store.EndWatch("probes", watch.Subscription);
        Put("p1", "a");

        watch.Subscription.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Watch_ThatNobodyReads_ExpiresInsteadOfGrowing()
    {
        WatchStart watch = _store.Watch("probes", "", null, null);

        for (int index = 0; index < 1001; index++)
            Put("p1", "a");

        watch.Subscription.IsExpired.ShouldBeTrue();
        watch.Subscription.Take(5000).Count.ShouldBe(1000);
        (await watch.Subscription.WaitAsync(CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public void Watch_FromBeforeTheWindow_HasMissedTooMuch()
    {
        Put("p1", "a");
        _store.Compact();

        _store.Watch("probes", "", _store.Revision - 1, null).Missed.ShouldBeNull();
        _store.Watch("probes", "", _store.Revision, null).Missed.ShouldBeEmpty();
    }

    [Fact]
    public void List_WithAnIndexedField_GivesTheSameAsALookAtAll()
    {
        foreach (int index in Enumerable.Range(0, 50))
            Put($"p{index}", index % 3 == 0 ? "a" : "b");
        Put("p0", "b");

        string[] indexed = [.. _store.List("probes", "", ("spec.nodeName", "a")).Items.Select(item => item.Name)];
        string[] all = [.. _store.List("probes", "").Items.Where(item => item.Field("spec.nodeName") == "a").Select(item => item.Name)];

        indexed.ShouldBe(all);
        indexed.Length.ShouldBe(16);
    }

    [Fact]
    public async Task PodWatch_OfANode_SeesAPodWhenItIsPlacedThere()
    {
        await using TestServer server = await TestServer.StartAsync(new ApiServerOptions { Nodes = Objects.Nodes(1) });
        using HttpRequestMessage request = server.Request("GET", "/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dnode-1&timeoutSeconds=10");
        using HttpResponseMessage response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        await server.SendAsync("POST", "/api/v1/namespaces/default/pods", JsonNode.Parse("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        JsonNode frame = JsonNode.Parse((await reader.ReadLineAsync())!)!;

        ((string)frame["type"]!).ShouldBe("ADDED");
        ((string)frame["object"]!["spec"]!["nodeName"]!).ShouldBe("node-1");
    }

    private void Put(string name, string node) => _store.Put("probes", new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Probe",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["nodeName"] = node },
    });
}
