// SPDX-License-Identifier: Apache-2.0

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

/// <summary>What a node that was taken over can write with its probe's token: the chart's role and policy, and our own definitions.</summary>
public sealed class ProbePolicyTests : IAsyncLifetime
{
    private const string Definition = "kubewgdiag.io/v1alpha1";
    private const string Probes = $"/apis/{Definition}/nodeprobes";
    private const string Uid = "0f3e0b5c-0000-4000-8000-000000000001";
    private const string DaemonSet = "/apis/apps/v1/namespaces/default/daemonsets/kubewgdiag-probe-0f3e0b5c";
    private const string MergePatch = "application/merge-patch+json";

    private readonly FakePodRuntime _runtime = new();
    private TestServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(new ApiServerOptions { Nodes = Objects.Nodes(1), PodRuntime = _runtime });
        await _server.Server.InstallCrdsAsync(Path.Combine(Root, "crds"));
        foreach (var template in new[] { "probe-rbac.yaml", "admission-policy.yaml" })
        {
            foreach (var manifest in Rendered(template)) await CreateAsync(manifest);
        }

        await CreateProbeAsync("mine", "node-1", Uid);
        await CreateProbeAsync("theirs", "node-2", Uid);
        await CreateProbeAsync("other-diagnosis", "node-1", "1f3e0b5c-0000-4000-8000-000000000002");
        var daemons = Objects.Daemons(podSpec: """ "serviceAccountName": "probe", """);
        daemons["metadata"]!["name"] = "kubewgdiag-probe-0f3e0b5c";
        await _server.ApplyAsync(DaemonSet, daemons);
        await _server.UntilAsync(DaemonSet, body => (int?)body?["status"]?["numberReady"] == 1);
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("PATCH", "/mine/status", """{"status":{"run":"r","phase":"Running"}}""", 200)]
    [InlineData("PATCH", "/theirs/status", """{"status":{"run":"r","phase":"Running"}}""", 422)]
    [InlineData("PATCH", "/other-diagnosis/status", """{"status":{"run":"r","phase":"Running"}}""", 422)]
    [InlineData("PATCH", "/mine", """{"spec":{"run":"forged"}}""", 403)]
    [InlineData("PATCH", "/mine", """{"metadata":{"labels":{"kubewgdiag.io/diagnosis-uid":"x"}}}""", 403)]
    [InlineData("PATCH", "/mine/status", """{"status":{"run":"no run of ours"}}""", 422)]
    [InlineData("PATCH", "/mine/status", """{"status":{"run":"r","phase":"Failed","message":"\u001b[2J"}}""", 422)]
    [InlineData("DELETE", "/mine", null, 403)]
    [InlineData("DELETE", "", null, 403)]
    [InlineData("GET", "", null, 200)]
    public async Task Request_WithTheProbesToken_IsAnsweredAsMeant(string method, string path, string? body, int expected)
    {
        var (code, answer) = await AsProbeAsync(method, Probes + path, body);

        code.ShouldBe(expected, answer);
    }

    [Fact]
    public async Task StatusWrite_WithOtherFields_ChangesTheStatusOnly()
    {
        var (_, before) = await _server.SendAsync("GET", $"{Probes}/mine");

        var (code, answer) = await AsProbeAsync("PATCH", $"{Probes}/mine/status", """
            {
              "metadata": { "labels": { "kubewgdiag.io/diagnosis-uid": "x" }, "ownerReferences": [], "finalizers": ["example.dev/stay"], "annotations": { "a": "b" } },
              "spec": { "run": "forged", "nodeName": "node-2" },
              "status": { "run": "r", "phase": "Running" }
            }
            """);

        code.ShouldBe(200, answer);
        var (_, after) = await _server.SendAsync("GET", $"{Probes}/mine");
        after!["status"]!["phase"]!.GetValue<string>().ShouldBe("Running");
        after["spec"]!.ToJsonString().ShouldBe(before!["spec"]!.ToJsonString());
        foreach (var field in new[] { "labels", "ownerReferences", "finalizers", "annotations" })
            after["metadata"]![field]?.ToJsonString().ShouldBe(before["metadata"]![field]?.ToJsonString(), field);
    }

    [Fact]
    public async Task Create_WithTheProbesToken_IsForbidden() =>
        (await AsProbeAsync("POST", Probes, Probe("new", "node-1", Uid).ToJsonString(), "application/json")).Code.ShouldBe(403);

    private Task CreateProbeAsync(string name, string node, string uid) => CreateAsync(Probe(name, node, uid).ToJsonString());

    private static JsonNode Probe(string name, string node, string uid) => JsonNode.Parse($$"""
        {
          "apiVersion": "{{Definition}}", "kind": "NodeProbe",
          "metadata": { "name": "{{name}}", "labels": { "kubewgdiag.io/diagnosis-uid": "{{uid}}" } },
          "spec": { "diagnosis": "mesh", "nodeName": "{{node}}", "run": "r", "observationSeconds": 8 }
        }
        """)!;

    private static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "KubeWgDiag.sln"))) folder = folder.Parent.ShouldNotBeNull();
            return folder.FullName;
        }
    }

    /// <summary>What Helm would make of these templates, as far as they matter here; tests/Chart.Tests looks at what Helm really makes.</summary>
    private static string[] Rendered(string template)
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "charts", "kubewgdiag", "templates", template))
            .Where(line => !line.TrimStart().StartsWith("{{-", StringComparison.Ordinal) && line.Trim() is not ("labels:" or "annotations:"))
            .Select(line => line.Contains("printf", StringComparison.Ordinal) ? "    expression: request.userInfo.username == 'system:serviceaccount:default:probe'" : line);
        var text = string.Join('\n', lines).Replace("{{ $name }}", "kubewgdiag-probe", StringComparison.Ordinal)
            .Replace("{{ $account }}", "probe", StringComparison.Ordinal).Replace("{{ $namespace }}", "default", StringComparison.Ordinal);
        text.ShouldNotContain("{{");
        return text.Split("\n---\n", StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task CreateAsync(string manifest)
    {
        var path = manifest switch
        {
            _ when manifest.Contains("kind: ServiceAccount\nmetadata", StringComparison.Ordinal) => "/api/v1/namespaces/default/serviceaccounts",
            _ when manifest.Contains("kind: ClusterRoleBinding", StringComparison.Ordinal) => "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            _ when manifest.Contains("kind: ClusterRole\nmetadata", StringComparison.Ordinal) => "/apis/rbac.authorization.k8s.io/v1/clusterroles",
            _ when manifest.Contains("kind: ValidatingAdmissionPolicyBinding", StringComparison.Ordinal) => "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings",
            _ when manifest.Contains("kind: ValidatingAdmissionPolicy", StringComparison.Ordinal) => "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies",
            _ => Probes,
        };
        using var request = _server.Request("POST", path);
        request.Content = new StringContent(manifest, Encoding.UTF8, "application/yaml");
        using var answer = await _server.Client.SendAsync(request);
        ((int)answer.StatusCode).ShouldBe(201, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(int Code, string Body)> AsProbeAsync(string method, string path, string? body, string contentType = MergePatch)
    {
        using var request = _server.Request(method, path, body is null ? null : JsonNode.Parse(body), contentType);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _runtime.Started[0].Token);
        using var answer = await _server.Client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
