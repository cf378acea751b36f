// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;
using KubeWgDiag.Lab.Processes;
using YamlDotNet.RepresentationModel;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>
/// The rights, settings and admission policy of the Helm chart are enough, and are what is used: operator and probes run with the chart's
/// service accounts against a server that evaluates RBAC and the policy.
/// </summary>
[Trait("Category", "Lab")]
public sealed class ChartRightsTests
{
    [SkippableFact]
    public async Task Diagnosis_WithTheChartsAccountsAndPolicy_FindsTheFaultAndIsDeletedAfterItsTtl()
    {
        var missing = await Prerequisites.MissingAsync(CancellationToken.None);
        Skip.If(missing.Count > 0, $"the lab needs {string.Join("; ", missing)}");
        var helm = Helm();
        Skip.If(helm is null, "helm is neither in artifacts/tools (eng/kube-tools.sh) nor on the PATH");
        var options = Repository.Cluster(new LabOptions()) with { Install = await RenderAsync(helm) };
        await using var cluster = await LabCluster.StartAsync(options, CancellationToken.None);
        var fault = FaultCatalogue.Find("WG-ROUTE-MISSING").ShouldNotBeNull();
        await fault.InjectAsync(new FaultScene(cluster.Lab, Family.V4), CancellationToken.None);

        var diagnosed = await new DiagnosisClient(cluster.Client).AskAsync("chart", ClusterFixture.Spec() with { TtlSecondsAfterFinished = 6 }, CancellationToken.None);

        diagnosed.RootCauses()[0].Code.ShouldBe("WG-ROUTE-MISSING", cluster.OperatorLog);
        diagnosed.Status!.Nodes!.Reported.ShouldBe(3);
        await EventuallyGoneAsync(cluster);
    }

    private static async Task EventuallyGoneAsync(LabCluster cluster)
    {
        for (var tries = 0; tries < 120; tries++)
        {
            var read = await cluster.Client.GetAsync(CrdTypes.TunnelDiagnosis, @namespace: null, "chart", CancellationToken.None);
            if (read.Error?.Kind == KubeErrorKind.NotFound) return;
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }

        Assert.Fail($"the diagnosis was not deleted after its ttl:\n{cluster.OperatorLog}");
    }

    private static string? Helm() => new[] { Path.Combine(Repository.Root, "artifacts", "tools", "helm") }
        .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "helm")))
        .FirstOrDefault(File.Exists);

    private static async Task<ClusterInstall> RenderAsync(string helm)
    {
        var rendered = await Command.RunAsync(
            [
                helm, "template", "kubewgdiag", Path.Combine(Repository.Root, "charts", "kubewgdiag"), "--namespace", LabCluster.Namespace, "--set", "crds.install=false",
                "--set", "probe.image.repository=localhost/kubewgdiag-probe", "--set", "probe.image.tag=lab",
            ],
            input: null,
            limit: null,
            CancellationToken.None);
        rendered.ExitCode.ShouldBe(0, rendered.Error);
        var manifests = $"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {LabCluster.Namespace}\n---\n{rendered.Output}";
        return new ClusterInstall(manifests, SettingsIn(manifests), "kubewgdiag-operator");
    }

    private static string SettingsIn(string manifests)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(manifests));
        return stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()
            .Where(root => root["kind"].ToString() == "ConfigMap")
            .Select(root => root["data"]["probe.json"].ToString())
            .ShouldHaveSingleItem();
    }
}
