// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Tests;

namespace KubeWgDiag.Chart.Tests;

/// <summary>The judge is judged first: what must fail, fails.</summary>
public sealed class ManifestSchemasTests
{
    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: a
        spec:
          replicas: 1
          selector:
            matchLabels: {app: a}
          template:
            metadata:
              labels: {app: a}
            spec:
              containers:
              - name: c
                ports:
                - containerPort: 80
        """;

    private static readonly ManifestSchemas Schemas = ManifestSchemas.Load();

    [Fact]
    public void Errors_GoodManifest_AreNone() => Schemas.Errors(YamlToJson.Parse(Deployment)).ShouldBeEmpty();

    [Theory]
    [InlineData("replicas: 1", "replica: 1", "apps/v1/Deployment.spec.replica: unknown field of V1DeploymentSpec")]
    [InlineData("replicas: 1", "replicas: '1'", "apps/v1/Deployment.spec.replicas: \"1\" is no int32")]
    [InlineData("replicas: 1", "replicas: 1.5", "apps/v1/Deployment.spec.replicas: 1.5 is no int32")]
    [InlineData("containerPort: 80", "containerport: 80", "apps/v1/Deployment.spec.template.spec.containers[0].ports[0].containerport: unknown field of V1ContainerPort")]
    [InlineData("- name: c", "- image: c", "apps/v1/Deployment.spec.template.spec.containers[0].name: required")]
    [InlineData("labels: {app: a}", "labels: {app: 1}", "apps/v1/Deployment.spec.template.metadata.labels.app: 1 is no string")]
    [InlineData("labels: {app: a}", "labels: [app]", "apps/v1/Deployment.spec.template.metadata.labels: not a map")]
    [InlineData("kind: Deployment", "kind: Deploiment", "apps/v1/Deploiment: unknown kind")]
    [InlineData("  name: a", "  generateName: a", "apps/v1/Deployment.metadata.name: required")]
    public void Errors_BrokenManifest_NameTheField(string good, string bad, string expected) =>
        Schemas.Errors(YamlToJson.Parse(Deployment.Replace(good, bad, StringComparison.Ordinal))).ShouldContain(expected);

    [Fact]
    public void Errors_CustomResourceDefinitions_AreNone()
    {
        var crds = Directory.EnumerateFiles(Repository.Path("crds"), "*.yaml").Select(f => YamlToJson.Parse(File.ReadAllText(f))).ToList();
        crds.Count.ShouldBe(2);
        crds.SelectMany(Schemas.Errors).ShouldBeEmpty();
    }

    [Fact]
    public void Errors_MisspeltKeywordInsideASchema_AreFound()
    {
        var crd = YamlToJson.Parse(File.ReadAllText(Repository.Path("crds", "kubewgdiag.io_nodeprobes.yaml")))!;
        var include = crd["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!["properties"]!["interfaces"]!["properties"]!["include"]!;
        include["items"]!.AsObject().Add("maxLenght", 5);
        Schemas.Errors(crd).ShouldHaveSingleItem().ShouldEndWith("include.items.maxLenght: unknown field of V1JSONSchemaProps");
    }
}
