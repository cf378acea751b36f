// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Tests;

namespace KubeWgDiag.Chart.Tests;

/// <summary>What the chart renders, for every file of values in its <c>ci</c> folder.</summary>
public sealed class RenderedChartTests
{
    private static readonly ManifestSchemas Schemas = ManifestSchemas.Load();

    public static TheoryData<string> ValuesFiles => Helm.ValuesFiles;

    [SkippableTheory]
    [MemberData(nameof(ValuesFiles))]
    public async Task EveryObject_PassesItsSchema(string values)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        // ServiceMonitor is the Prometheus operator's kind.
        var objects = (await Helm.TemplateAsync(values)).Where(o => Kind(o) != "ServiceMonitor").ToList();
        objects.Count.ShouldBeGreaterThan(5);
        objects.SelectMany(Schemas.Errors).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task MisspeltField_InWhatIsRendered_IsFound()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var deployment = Single(await Helm.TemplateAsync(""), "Deployment");
        var container = deployment["spec"]!["template"]!["spec"]!["containers"]![0]!.AsObject();
        container.Add("livenesProbe", container["livenessProbe"]!.DeepClone());
        Schemas.Errors(deployment).ShouldHaveSingleItem().ShouldEndWith("containers[0].livenesProbe: unknown field of V1Container");
    }

    [SkippableTheory]
    [MemberData(nameof(ValuesFiles))]
    public async Task EveryObject_HasItsOwnNameAndTheReleasesLabels(string values)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var objects = await Helm.TemplateAsync(values);
        objects.Select(o => $"{o["apiVersion"]}/{Kind(o)}/{Name(o)}").ShouldBeUnique();
        objects.Where(o => o["metadata"]!["labels"]?["app.kubernetes.io/managed-by"]?.GetValue<string>() != "Helm").Select(Name).ShouldBeEmpty();
    }

    [SkippableTheory]
    [MemberData(nameof(ValuesFiles))]
    public async Task EveryReference_LeadsSomewhere(string values)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var objects = await Helm.TemplateAsync(values);
        string space = objects.Single(o => Kind(o) == "Deployment")["metadata"]!["namespace"]!.GetValue<string>();
        var accounts = objects.Where(o => Kind(o) == "ServiceAccount").Select(Name)
            .Concat(values == "least-values.yaml" ? ["someone-else", "another"] : []).ToList();

        foreach (var binding in objects.Where(o => Kind(o) is "ClusterRoleBinding" or "RoleBinding"))
        {
            accounts.ShouldContain(binding["subjects"]![0]!["name"]!.GetValue<string>());
            binding["subjects"]![0]!["namespace"]!.GetValue<string>().ShouldBe(space);
            objects.ShouldContain(o => Kind(o) == binding["roleRef"]!["kind"]!.GetValue<string>() && Name(o) == binding["roleRef"]!["name"]!.GetValue<string>());
        }

        var pod = Single(objects, "Deployment")["spec"]!["template"]!;
        accounts.ShouldContain(pod["spec"]!["serviceAccountName"]!.GetValue<string>());
        objects.ShouldContain(o => Kind(o) == "ConfigMap" && Name(o) == pod["spec"]!["volumes"]![0]!["configMap"]!["name"]!.GetValue<string>());
        foreach (var service in objects.Where(o => Kind(o) == "Service"))
            service["spec"]!["selector"]!.AsObject().ShouldAllBe(l => pod["metadata"]!["labels"]![l.Key]!.GetValue<string>() == l.Value!.GetValue<string>());
        foreach (var policy in objects.Where(o => Kind(o) == "ValidatingAdmissionPolicyBinding"))
            objects.ShouldContain(o => Kind(o) == "ValidatingAdmissionPolicy" && Name(o) == policy["spec"]!["policyName"]!.GetValue<string>());
    }

    [SkippableFact]
    public async Task Definitions_AreTheCommittedOnes()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var rendered = (await Helm.TemplateAsync("")).Where(o => Kind(o) == "CustomResourceDefinition").ToDictionary(Name, o => o["spec"]);
        rendered.Count.ShouldBe(2);
        foreach (string file in Directory.EnumerateFiles(Repository.Path("crds"), "*.yaml"))
        {
            var committed = YamlToJson.Parse(File.ReadAllText(file))!.AsObject();
            JsonNode.DeepEquals(rendered[Name(committed)], committed["spec"]).ShouldBeTrue(file);
        }
    }

    [SkippableFact]
    public async Task Definitions_StayUnlessToldOtherwise()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        Policies(await Helm.TemplateAsync("")).ShouldBe(["keep", "keep"]);
        Policies(await Helm.TemplateAsync("", "--set", "crds.keep=false")).ShouldBe([null, null]);
        Policies(await Helm.TemplateAsync("", "--set", "crds.install=false")).ShouldBeEmpty();

        static IEnumerable<string?> Policies(IReadOnlyList<JsonObject> objects) => objects.Where(o => Kind(o) == "CustomResourceDefinition")
            .Select(o => o["metadata"]!["annotations"]?["helm.sh/resource-policy"]?.GetValue<string>());
    }

    [SkippableFact]
    public async Task Namespace_MadeByTheChart_AdmitsPrivilegedPods()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await Helm.TemplateAsync("")).ShouldNotContain(o => Kind(o) == "Namespace");
        var made = Single(await Helm.TemplateAsync("", "--set", "namespace.create=true,namespace.name=own"), "Namespace");
        Name(made).ShouldBe("own");
        made["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"]!.GetValue<string>().ShouldBe("privileged");
    }

    internal static string Kind(JsonObject manifest) => manifest["kind"]!.GetValue<string>();

    internal static string Name(JsonObject manifest) => manifest["metadata"]!["name"]!.GetValue<string>();

    internal static JsonObject Single(IReadOnlyList<JsonObject> objects, string kind) => objects.Single(o => Kind(o) == kind);
}
