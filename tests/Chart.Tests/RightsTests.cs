// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Chart.Tests;

/// <summary>What the two service accounts may do; written down twice on purpose, so that a wider right is a decision.</summary>
public sealed class RightsTests
{
    [SkippableFact]
    public async Task Operator_MayInTheCluster_OnlyThis()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await RightsAsync("ClusterRole", "kubewgdiag-operator")).ShouldBe(
        [
            "/nodes: get list watch",
            "/pods: get",
            "/services: get",
            "cilium.io/ciliumnodes: get list",
            "discovery.k8s.io/endpointslices: list",
            "events.k8s.io/events: create patch",
            "kubewgdiag.io/nodeprobes: create delete get list patch watch",
            "kubewgdiag.io/tunneldiagnoses/status: patch",
            "kubewgdiag.io/tunneldiagnoses: delete get list watch",
        ]);
    }

    [SkippableFact]
    public async Task Operator_MayInItsNamespace_OnlyThis()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await RightsAsync("Role", "kubewgdiag-operator")).ShouldBe(
        [
            "/pods: get list watch",
            "apps/daemonsets: create delete get list patch watch",
            "coordination.k8s.io/leases: create get patch update",
        ]);
    }

    [SkippableFact]
    public async Task Probe_May_OnlyThis()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await RightsAsync("ClusterRole", "kubewgdiag-probe")).ShouldBe(["kubewgdiag.io/nodeprobes/status: patch", "kubewgdiag.io/nodeprobes: list watch"]);
    }

    // The expressions are those that a real API server was seen to refuse a foreign write with.
    [SkippableTheory]
    [InlineData("", "system:serviceaccount:wg:kubewgdiag-probe")]
    [InlineData("everything-values.yaml", "system:serviceaccount:network-tools:wg-probe")]
    public async Task Policy_BindsTheProbesTokenToItsNode(string values, string user)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var objects = await Helm.TemplateAsync(values);
        var spec = RenderedChartTests.Single(objects, "ValidatingAdmissionPolicy")["spec"]!;
        spec["failurePolicy"]!.GetValue<string>().ShouldBe("Fail");
        spec["matchConditions"]![0]!["expression"]!.GetValue<string>().ShouldBe($"request.userInfo.username == '{user}'");
        spec["matchConstraints"]!["resourceRules"]![0]!["resources"]!.AsArray().Select(r => r!.GetValue<string>()).ShouldBe(["nodeprobes", "nodeprobes/status"]);
        spec["validations"]!.AsArray().Select(v => v!["expression"]!.GetValue<string>()).ShouldContain(
            "'authentication.kubernetes.io/node-name' in request.userInfo.extra "
            + "&& request.userInfo.extra['authentication.kubernetes.io/node-name'][0] == oldObject.spec.nodeName");
        RenderedChartTests.Single(objects, "ValidatingAdmissionPolicyBinding")["spec"]!["validationActions"]!.ToJsonString().ShouldBe("[\"Deny\"]");
    }

    [SkippableFact]
    public async Task Policy_SwitchedOff_IsNotRendered()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await Helm.TemplateAsync("", "--set", "admissionPolicy.enabled=false")).ShouldNotContain(o => o["kind"]!.GetValue<string>().StartsWith("Validating", StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<string>> RightsAsync(string kind, string name) =>
        (await Helm.TemplateAsync("")).Single(o => RenderedChartTests.Kind(o) == kind && RenderedChartTests.Name(o) == name)["rules"]!.AsArray()
            .SelectMany(rule => Words(rule, "resources").Select(resource => $"{Words(rule, "apiGroups").Single()}/{resource}: {string.Join(' ', Words(rule, "verbs").Order(StringComparer.Ordinal))}"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Words(JsonNode? rule, string field) => rule![field]!.AsArray().Select(w => w!.GetValue<string>());
}
