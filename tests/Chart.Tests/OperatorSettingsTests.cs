// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Chart.Tests;

/// <summary>What the chart tells the operator: its arguments, its own limits, and the settings of the probe pods.</summary>
public sealed class OperatorSettingsTests
{
    [SkippableFact]
    public async Task Settings_Defaults_AreWhatTheOperatorReads()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        JsonNode.DeepEquals(await SettingsAsync(""), JsonNode.Parse("""
            {
              "image": "ghcr.io/kubewgdiag/probe:0.1.0",
              "imagePullPolicy": "IfNotPresent",
              "imagePullSecrets": [],
              "serviceAccountName": "kubewgdiag-probe",
              "priorityClassName": "system-node-critical",
              "appArmorProfile": "Unconfined",
              "resources": { "requests": { "cpu": "20m", "memory": "96Mi" }, "limits": { "memory": "192Mi" } },
              "tolerations": [ { "operator": "Exists" } ],
              "privileged": false,
              "podLabels": {},
              "podAnnotations": {}
            }
            """)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Settings_EveryValue_ReachesTheOperator()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        JsonNode.DeepEquals(await SettingsAsync("everything-values.yaml"), JsonNode.Parse("""
            {
              "image": "registry.example/wg/probe@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
              "imagePullPolicy": "Never",
              "imagePullSecrets": [ "registry", "second-registry" ],
              "serviceAccountName": "wg-probe",
              "priorityClassName": "system-node-critical",
              "appArmorProfile": "Localhost/kubewgdiag-probe",
              "seLinuxType": "spc_t",
              "resources": { "requests": { "cpu": "1", "memory": "64Mi" }, "limits": { "cpu": "0.5", "memory": "96Mi" } },
              "tolerations": [ { "key": "dedicated", "operator": "Equal", "value": "vpn", "effect": "NoExecute" } ],
              "privileged": true,
              "podLabels": { "team": "network" },
              "podAnnotations": { "example.dev/note": "probe" }
            }
            """)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Operator_Container_StartsAsTheProgramExpects()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var container = Container(await Helm.TemplateAsync(""));
        container["args"]!.AsArray().Select(a => a!.GetValue<string>()).ShouldBe(
            ["run", "--namespace", "$(POD_NAMESPACE)", "--probe-settings", "/etc/kubewgdiag/probe.json", "--listen", "http://0.0.0.0:8080",
            "--leader-elect", "--identity", "$(POD_NAME)",
            "--max-runs=10", "--max-asked-nodes=10000", "--max-asks-per-second=500", "--start-spread-seconds=30", "--latest-start-seconds=3600"]);
        Container(await Helm.TemplateAsync("everything-values.yaml"))["args"]!.AsArray().Select(a => a!.GetValue<string>()).Skip(10).ShouldBe(
            ["--class", "staging", "--max-runs=3", "--max-asked-nodes=1000000", "--max-asks-per-second=100", "--start-spread-seconds=0", "--latest-start-seconds=60"]);
        container["env"]![0]!["valueFrom"]!["fieldRef"]!["fieldPath"]!.GetValue<string>().ShouldBe("metadata.namespace");
        container["image"]!.GetValue<string>().ShouldBe("ghcr.io/kubewgdiag/operator:0.1.0");
        container["livenessProbe"]!["httpGet"]!["path"]!.GetValue<string>().ShouldBe("/healthz");
        container["readinessProbe"]!["httpGet"]!["path"]!.GetValue<string>().ShouldBe("/readyz");
    }

    // Pod Security "restricted" is what the operator itself keeps to; only the probes need more.
    [SkippableFact]
    public async Task Operator_Pod_IsRestricted()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var objects = await Helm.TemplateAsync("");
        var pod = RenderedChartTests.Single(objects, "Deployment")["spec"]!["template"]!["spec"]!.AsObject();
        pod["securityContext"]!.ToJsonString().ShouldBe("""{"runAsNonRoot":true,"runAsUser":1654,"runAsGroup":1654,"seccompProfile":{"type":"RuntimeDefault"}}""");
        Container(objects)["securityContext"]!.ToJsonString()
            .ShouldBe("""{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]},"appArmorProfile":{"type":"RuntimeDefault"}}""");
        pod.Select(f => f.Key).ShouldNotContain("hostNetwork");
    }

    [SkippableFact]
    public async Task Operator_SeveralReplicas_RatherRunOnDifferentNodes()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var one = RenderedChartTests.Single(await Helm.TemplateAsync(""), "Deployment")["spec"]!;
        var two = RenderedChartTests.Single(await Helm.TemplateAsync("", "--set", "operator.replicas=2"), "Deployment")["spec"]!;

        one["template"]!["spec"]!["affinity"].ShouldBeNull();
        two["replicas"]!.ToJsonString().ShouldBe("2");
        two["template"]!["spec"]!["affinity"]!["podAntiAffinity"]!["preferredDuringSchedulingIgnoredDuringExecution"]![0]!["podAffinityTerm"]!["labelSelector"]!.ToJsonString()
            .ShouldBe(two["selector"]!.ToJsonString());
    }

    [SkippableFact]
    public async Task Operator_BudgetAndNetworkPolicy_SelectItsPods()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await Helm.TemplateAsync("")).ShouldNotContain(o => RenderedChartTests.Kind(o) == "PodDisruptionBudget" || RenderedChartTests.Kind(o) == "NetworkPolicy");
        var objects = await Helm.TemplateAsync("everything-values.yaml");
        var selector = RenderedChartTests.Single(objects, "Deployment")["spec"]!["selector"]!.ToJsonString();
        RenderedChartTests.Single(objects, "PodDisruptionBudget")["spec"]!["selector"]!.ToJsonString().ShouldBe(selector);
        var policy = RenderedChartTests.Single(objects, "NetworkPolicy")["spec"]!;
        policy["podSelector"]!.ToJsonString().ShouldBe(selector);
        policy["policyTypes"]!.ToJsonString().ShouldBe("""["Ingress"]""");
        policy["ingress"]![0]!["ports"]![0]!["port"]!.GetValue<string>().ShouldBe("http");
    }

    [SkippableFact]
    public async Task Operator_Pod_ChangesWithTheSettings()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await ChecksumAsync()).ShouldBe(await ChecksumAsync());
        (await ChecksumAsync("--set", "probe.privileged=true")).ShouldNotBe(await ChecksumAsync());

        static async Task<string> ChecksumAsync(params string[] more) =>
            RenderedChartTests.Single(await Helm.TemplateAsync("", more), "Deployment")["spec"]!["template"]!["metadata"]!["annotations"]!["checksum/probe-settings"]!.GetValue<string>();
    }

    private static JsonNode Container(IReadOnlyList<JsonObject> objects) =>
        RenderedChartTests.Single(objects, "Deployment")["spec"]!["template"]!["spec"]!["containers"]![0]!;

    private static async Task<JsonNode?> SettingsAsync(string values) =>
        JsonNode.Parse(RenderedChartTests.Single(await Helm.TemplateAsync(values), "ConfigMap")["data"]!["probe.json"]!.GetValue<string>());
}
