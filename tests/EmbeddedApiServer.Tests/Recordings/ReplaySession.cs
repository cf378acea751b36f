// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>Replays all recordings in order against one server and keeps the differences of each exchange.</summary>
public sealed class ReplaySession : IAsyncLifetime
{
    /// <summary>What a controller does shortly after the write before; asked again until it is done.</summary>
    private static readonly string[] Eventual = ["01/2: crd established", "08/1: daemonset status"];
    private const string FirstList = "05/0: list, limit 3";
    private readonly Translation _names = new();
    private readonly Dictionary<string, IReadOnlyList<string>> _differences = [];
    private TestServer _server = null!;
    private string _token = "";

    internal IReadOnlyDictionary<string, IReadOnlyList<string>> Found => _differences;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(new ApiServerOptions
        {
            Nodes =
            [
                .. Enumerable.Range(1, 3).Select(index =>
                    new EmbeddedNode($"kn{index}", new Dictionary<string, string>(), [$"198.51.100.{index}"], [$"10.244.{index - 1}.0/24"])),
            ],
        });
        foreach (Exchange exchange in Exchange.LoadAll())
        {
            if (exchange.Id == FirstList)
                await ChangesOffTheRecord.MakeListAsync(_server);
            _differences[exchange.Id] = await ReplayAsync(exchange);
        }
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    private async Task<IReadOnlyList<string>> ReplayAsync(Exchange exchange)
    {
        for (int attempt = 0; ; attempt++)
        {
            Reply reply = await SendAsync(exchange);
            _names.Learn(exchange.Response["body"], reply.Body);
            _names.Learn(exchange.Response["frames"], reply.Body);
            List<string> differences = Compare(exchange, reply);
            if (differences.Count > 0 && Eventual.Contains(exchange.Id) && attempt < 100)
            {
                await Task.Delay(20);
                continue;
            }

            _token = TokenOf(reply.Body) ?? _token;
            return differences;
        }
    }

    private static string? TokenOf(JsonNode? body) => body is JsonObject map && map["status"] is JsonObject status ? (string?)status["token"] : null;

    private List<string> Compare(Exchange exchange, Reply reply)
    {
        var differences = new List<string>();
        if (reply.Status != exchange.Status)
            differences.Add($"status: recorded {exchange.Status}, here {reply.Status} {reply.Body?.ToJsonString()}");
        foreach (string header in (string[])["content-type", "warning", "retry-after", "cache-control"])
        {
            string recorded = (string?)exchange.Response["headers"]?[header] ?? "";
            if (recorded.Replace(" ", "", StringComparison.Ordinal) != reply.Header(header).Replace(" ", "", StringComparison.Ordinal))
                differences.Add($"header {header}: recorded '{recorded}', here '{reply.Header(header)}'");
        }

        JsonNode? expected = exchange.Response["body"] ?? exchange.Response["frames"];
        differences.AddRange(Differences.Between(Normal.Of(Only(expected), _names), Normal.Of(Only(reply.Body), _names), "body"));
        return differences;
    }

    /// <summary>Discovery of the whole server is compared for the groups that the recording's own CRD made: a real server has many more.</summary>
    private static JsonNode? Only(JsonNode? body)
    {
        if (body is not JsonObject map || (string?)map["kind"] != "APIGroupDiscoveryList")
            return body;
        JsonNode copy = map.DeepClone();
        copy["items"] = new JsonArray([.. ((JsonArray)map["items"]!).Where(group => (string?)group!["metadata"]!["name"] == "example.dev").Select(group => group!.DeepClone())]);
        return copy;
    }

    private async Task<Reply> SendAsync(Exchange exchange)
    {
        using HttpRequestMessage request = Build(exchange);
        using HttpResponseMessage response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (exchange.Note.StartsWith("watch from a version", StringComparison.Ordinal) || exchange.Note.StartsWith("watch with a label selector", StringComparison.Ordinal))
            await ChangesOffTheRecord.WhileWatchingAsync(_server);
        string text = await response.Content.ReadAsStringAsync();
        JsonNode? body = exchange.Response["frames"] is not null
            ? new JsonArray([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))])
            : text.StartsWith('{') ? JsonNode.Parse(text) : text;
        return new Reply((int)response.StatusCode, response, body);
    }

    private HttpRequestMessage Build(Exchange exchange)
    {
        var request = new HttpRequestMessage(new HttpMethod(exchange.Method), _names.Path(exchange.Path));
        string contentType = "";
        foreach ((string name, JsonNode? value) in (JsonObject)exchange.Request["headers"]!)
        {
            if (name == "Content-Type")
                contentType = (string)value!;
            else if (name != "Authorization")
                request.Headers.TryAddWithoutValidation(name, (string)value!);
        }

        if (Bearer(exchange) is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (exchange.Request["body"] is { } body)
        {
            request.Content = new StringContent(Text(exchange, body), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        }

        return request;
    }

    private string? Bearer(Exchange exchange) => exchange.Note switch
    {
        "no credentials" => null,
        "bad token" => "not-a-token",
        _ => exchange.Request["headers"]!["Authorization"] is null ? _server.Server.AdminToken : _token,
    };

    private string Text(Exchange exchange, JsonNode body)
    {
        if (exchange.Note == "too large")
            return $$$"""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","metadata":{"name":"big"},"spec":{"nodeName":"n1","plain":["{{{new string('x', 4_000_000)}}}"]}}""";
        return body is JsonValue ? (string)body! : Deviations.CorrectBody(exchange, _names.Body(body)!.ToJsonString());
    }

    private sealed record Reply(int Status, HttpResponseMessage Response, JsonNode? Body)
    {
        public string Header(string name) =>
            Response.Headers.TryGetValues(name, out IEnumerable<string>? values) || Response.Content.Headers.TryGetValues(name, out values)
                ? string.Join(", ", values)
                : "";
    }
}
