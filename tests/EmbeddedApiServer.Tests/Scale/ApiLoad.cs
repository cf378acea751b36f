// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Scale;

/// <summary>What a run over many nodes asks of the server: probes made, a watch per node and one of all, pods, two statuses per node, pages.</summary>
internal sealed class ApiLoad(IReadOnlyList<HttpClient> clients, int nodes, Action<string> report)
{
    private const string Probes = "/apis/kubewgdiag.io/v1alpha1/nodeprobes";
    private const int AtATime = 32;
    private readonly ConcurrentDictionary<string, int> _eventsPerNode = new();
    private int _eventsOfAll;
    private long _bytesOfAll;

    public async Task RunAsync(CancellationToken ct)
    {
        await TimedAsync("create probes", () => EachAsync(node => SendAsync(node, HttpMethod.Post, Probes, Probe(node), "application/json", 201, ct), ct));
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task all = WatchAsync(clients[0], Probes + "?watch=true", _ => Interlocked.Increment(ref _eventsOfAll), watching.Token);
        Task[] own = [];
        await TimedAsync("open a watch per node", async () =>
        {
            own = [.. Enumerable.Range(1, nodes).Select(node => WatchAsync(
                Client(node), $"{Probes}?watch=true&fieldSelector=spec.nodeName%3Dnode-{node}", _ => _eventsPerNode.AddOrUpdate($"node-{node}", 1, (_, count) => count + 1), watching.Token))];
            await UntilAsync(() => _eventsPerNode.Count == nodes && Volatile.Read(ref _eventsOfAll) >= nodes, ct);
        });
        await TimedAsync("daemon set of all nodes ready", () => RollOutAsync(ct));
        await TimedAsync("small status of each node", () => EachAsync(node => ApplyAsync(node, Status(node, facts: null), ct), ct));
        await TimedAsync("facts of each node", () => EachAsync(node => ApplyAsync(node, Status(node, Facts(node)), ct), ct));
        await TimedAsync("every watcher has seen all", () => UntilAsync(() => _eventsPerNode.Values.All(count => count >= 3) && Volatile.Read(ref _eventsOfAll) >= 3 * nodes, ct));
        await TimedAsync("list in pages of 500", () => PagesAsync(ct));
        report($"{nodes} nodes: {_bytesOfAll / 1024} KiB through the watch of all, {_eventsPerNode.Values.Sum()} events in the watches of one");
        await watching.CancelAsync();
        await Task.WhenAll([all, .. own]);
    }

    private HttpClient Client(int node) => clients[node % clients.Count];

    private async Task TimedAsync(string what, Func<Task> step)
    {
        var watch = Stopwatch.StartNew();
        await step();
        report(string.Create(CultureInfo.InvariantCulture, $"{what,-32} {watch.Elapsed.TotalSeconds,7:0.00} s"));
    }

    private Task EachAsync(Func<int, Task> step, CancellationToken ct) =>
        Parallel.ForEachAsync(Enumerable.Range(1, nodes), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = ct }, async (node, _) => await step(node));

    private Task ApplyAsync(int node, JsonObject body, CancellationToken ct) =>
        SendAsync(node, HttpMethod.Patch, $"{Probes}/node-{node}/status?fieldManager=probe&force=true", body, "application/apply-patch+yaml", 200, ct);

    private async Task SendAsync(int node, HttpMethod method, string path, JsonNode body, string type, int expected, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Version = Client(node).DefaultRequestVersion, VersionPolicy = Client(node).DefaultVersionPolicy };
        request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
        request.Content.Headers.ContentType = new(type);
        using HttpResponseMessage response = await Client(node).SendAsync(request, ct);
        if ((int)response.StatusCode != expected)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
    }

    private async Task WatchAsync(HttpClient client, string path, Action<int> seen, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            response.EnsureSuccessStatusCode();
            using Stream stream = await response.Content.ReadAsStreamAsync(ct);
            byte[] buffer = new byte[64 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, ct)) > 0)
            {
                if (client == clients[0])
                    Interlocked.Add(ref _bytesOfAll, read);
                // Every frame ends with a line feed, and there is none inside a frame.
                foreach (byte letter in buffer.AsSpan(0, read))
                {
                    if (letter == (byte)'\n')
                        seen(1);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The load is over.
        }
    }

    private async Task RollOutAsync(CancellationToken ct)
    {
        await SendAsync(1, HttpMethod.Patch, Support.Objects.DaemonSet + "?fieldManager=load&force=true", Support.Objects.Daemons(), "application/apply-patch+yaml", 201, ct);
        await UntilAsync(async () => (int?)(await GetAsync(Support.Objects.DaemonSet, ct))["status"]?["numberReady"] == nodes, ct);
    }

    private async Task PagesAsync(CancellationToken ct)
    {
        int found = 0;
        string next = "";
        do
        {
            JsonNode page = await GetAsync($"{Probes}?limit=500{(next.Length > 0 ? "&continue=" + next : "")}", ct);
            found += page["items"]!.AsArray().Count;
            next = (string?)page["metadata"]!["continue"] ?? "";
        }
        while (next.Length > 0);
        found.ShouldBe(nodes);
    }

    private async Task<JsonNode> GetAsync(string path, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = clients[0].DefaultRequestVersion, VersionPolicy = clients[0].DefaultVersionPolicy };
        using HttpResponseMessage response = await clients[0].SendAsync(request, ct);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(ct))!;
    }

    private static Task UntilAsync(Func<bool> condition, CancellationToken ct) => UntilAsync(() => Task.FromResult(condition()), ct);

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken ct)
    {
        while (!await condition())
            await Task.Delay(50, ct);
    }

    private static JsonObject Probe(int node) => new()
    {
        ["apiVersion"] = "kubewgdiag.io/v1alpha1",
        ["kind"] = "NodeProbe",
        ["metadata"] = new JsonObject { ["name"] = $"node-{node}", ["labels"] = new JsonObject { ["kubewgdiag.io/diagnosis"] = "load" } },
        ["spec"] = new JsonObject { ["diagnosis"] = "load", ["nodeName"] = $"node-{node}", ["run"] = "r1", ["observationSeconds"] = 5 },
    };

    private static JsonObject Status(int node, JsonObject? facts)
    {
        var status = new JsonObject { ["run"] = "r1", ["phase"] = facts is null ? "Running" : "Complete", ["probeVersion"] = "load" };
        if (facts is not null)
            status["facts"] = facts;
        return new JsonObject { ["apiVersion"] = "kubewgdiag.io/v1alpha1", ["kind"] = "NodeProbe", ["metadata"] = new JsonObject { ["name"] = $"node-{node}" }, ["status"] = status };
    }

    /// <summary>10 to 60 KiB: a list of peers, which is owned as a whole, and maps of objects, every field of which is owned by itself.</summary>
    private static JsonObject Facts(int node)
    {
        int peers = 20 + (node % 11 * 14);
        var routes = new JsonObject();
        for (int index = 0; index < peers / 2; index++)
        {
            routes[$"10.{node % 256}.{index}.0/24"] = new JsonObject
            {
                ["table"] = 254,
                ["device"] = "wg0",
                ["scope"] = "link",
                ["metric"] = index,
                ["protocol"] = "static",
                ["source"] = $"10.{node % 256}.0.1",
            };
        }

        return new JsonObject
        {
            ["version"] = 1,
            ["interfaces"] = new JsonArray(new JsonObject
            {
                ["name"] = "wg0",
                ["listenPort"] = 51820,
                ["peers"] = new JsonArray([.. Enumerable.Range(0, peers).Select(index => (JsonNode?)new JsonObject
                {
                    ["publicKey"] = Convert.ToBase64String(Guid.NewGuid().ToByteArray()) + Convert.ToBase64String(Guid.NewGuid().ToByteArray()),
                    ["endpoint"] = $"198.18.{index / 256}.{index % 256}:51820",
                    ["allowedIps"] = new JsonArray($"10.{index}.0.0/24", $"fd00:{index:x}::/64"),
                    ["lastHandshakeAge"] = index,
                    ["rxBytes"] = 123456789L * index,
                    ["txBytes"] = 987654321L * index,
                })]),
            }),
            ["routes"] = routes,
        };
    }
}
