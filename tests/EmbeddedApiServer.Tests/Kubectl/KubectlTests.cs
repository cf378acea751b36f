// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Tests.Support;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Kubectl;

/// <summary>What a person does, with the real kubectl.</summary>
[Trait("Category", "Lab")]
public sealed class KubectlTests : IAsyncLifetime
{
    private const string NoKubectl = "kubectl is not in PATH";
    private TestServer _server = null!;
    private KubectlRunner _kubectl = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(new ApiServerOptions { Nodes = Objects.Nodes(2) });
        _kubectl = KubectlRunner.For(_server.Server);
    }

    public async Task DisposeAsync()
    {
        await _kubectl.DisposeAsync();
        await _server.DisposeAsync();
    }

    [SkippableFact]
    public async Task ApplyGetDescribeDelete_CustomResource_Works()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);

        await InstallAsync();
        (int applied, string said) = await _kubectl.RunAsync("apply -f -", Objects.Widget("a").ToJsonString());
        (int again, string unchanged) = await _kubectl.RunAsync("apply -f -", Objects.Widget("a").ToJsonString());
        (_, string table) = await _kubectl.RunAsync("get wd");
        (int described, string description) = await _kubectl.RunAsync("describe widget a");
        (int deleted, _) = await _kubectl.RunAsync("delete wd a --timeout=10s");

        (applied, again, described, deleted).ShouldBe((0, 0, 0, 0), said);
        unchanged.ShouldContain("unchanged");
        table.ShouldContain("NAME   PHASE   AGE");
        description.ShouldContain("Node Name:  n1");
    }

    [SkippableFact]
    public async Task Apply_InvalidResource_ShowsTheServersWords()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);
        await InstallAsync();
        JsonObject widget = Objects.Widget("a");
        widget["spec"]!["mode"] = "Sometimes";

        (int code, string output) = await _kubectl.RunAsync("apply -f -", widget.ToJsonString());

        code.ShouldNotBe(0);
        output.ShouldContain("spec.mode: Unsupported value: \"Sometimes\": supported values: \"Once\", \"Continuous\"");
    }

    [SkippableFact]
    public async Task Wait_ConditionBecomesTrue_Returns()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);
        await InstallAsync();
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("a"));

        Task<(int Code, string Output)> waiting = _kubectl.RunAsync("wait wd/a --for=condition=Ready --timeout=20s");
        await SetReadyAsync("a");
        (int code, string output) = await waiting;

        code.ShouldBe(0, output);
        output.ShouldContain("condition met");
    }

    [SkippableFact]
    public async Task GetWatch_StatusChanges_PrintsTheNewRow()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);
        await InstallAsync();
        await _server.SendAsync("POST", Objects.Widgets, Objects.Widget("a"));

        string output = await _kubectl.ReadUntilAsync("get wd -w", () => SetReadyAsync("a"), "Running");

        output.ShouldContain("a      Running");
    }

    [SkippableFact]
    public async Task ServerSideApply_TwoManagers_ReportsTheConflict()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);
        await InstallAsync();
        await _server.ApplyAsync(Objects.Widgets + "/a", Objects.Widget("a"), "operator");

        (int code, string output) = await _kubectl.RunAsync("apply --server-side -f -", Objects.Widget("a", "n2").ToJsonString());

        code.ShouldNotBe(0);
        output.ShouldContain("conflict with \"operator\": .spec.nodeName");
    }

    [SkippableFact]
    public async Task Get_BuiltInKinds_PrintTheirColumns()
    {
        Skip.IfNot(KubectlRunner.IsInstalled, NoKubectl);
        await _server.ApplyAsync(Objects.DaemonSet, Objects.Daemons());
        await _server.UntilAsync(Objects.DaemonSet, body => (int?)body?["status"]?["desiredNumberScheduled"] == 2);

        (_, string nodes) = await _kubectl.RunAsync("get nodes -o wide");
        (_, string sets) = await _kubectl.RunAsync("get ds,pods -A");

        nodes.ShouldContain("INTERNAL-IP");
        nodes.ShouldContain("192.0.2.2");
        sets.ShouldContain("DESIRED");
        sets.ShouldContain("pod/probe-");
    }

    private async Task InstallAsync()
    {
        (int code, string output) = await _kubectl.RunAsync("apply -f -", Objects.WidgetDefinition().ToJsonString());
        code.ShouldBe(0, output);
        (code, output) = await _kubectl.RunAsync("wait --for=condition=Established crd/widgets.example.dev --timeout=10s");
        code.ShouldBe(0, output);
    }

    private async Task SetReadyAsync(string name)
    {
        JsonNode body = JsonNode.Parse("""{"apiVersion":"example.dev/v1alpha1","kind":"Widget","status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""")!;
        (int code, JsonNode? answer) = await _server.ApplyAsync($"{Objects.Widgets}/{name}/status", body);
        code.ShouldBe(200, answer?.ToJsonString());
    }
}
