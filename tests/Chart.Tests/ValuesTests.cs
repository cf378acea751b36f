// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Chart.Tests;

/// <summary>Values that must be refused before anything reaches a cluster, and the notes that people read.</summary>
public sealed class ValuesTests
{
    [SkippableTheory]
    [InlineData("operator.replica=2", "additional properties 'replica' not allowed")]
    [InlineData("operator.replicas=0", "/operator/replicas")]
    [InlineData("operator.class=a b", "/operator/class")]
    [InlineData("operator.limits.maxRuns=0", "/operator/limits/maxRuns")]
    [InlineData("operator.appArmorProfile=unconfined", "/operator/appArmorProfile")]
    [InlineData("probe.appArmorProfile=Localhost/", "/probe/appArmorProfile")]
    [InlineData("probe.seLinuxType=spc t", "/probe/seLinuxType")]
    [InlineData("operator.podDisruptionBudget.enabled=true", "operator.podDisruptionBudget.enabled needs operator.replicas of 2 or more")]
    [InlineData("prob.privileged=true", "additional properties 'prob' not allowed")]
    [InlineData("probe.privileged=maybe", "/probe/privileged")]
    [InlineData("probe.image.pullPolicy=Sometimes", "/probe/image/pullPolicy")]
    [InlineData("probe.image.digest=latest", "/probe/image/digest")]
    [InlineData("operator.image.repository=a b", "/operator/image/repository")]
    [InlineData("probe.resources.limits.memory=lots", "/probe/resources/limits/memory")]
    [InlineData("probe.tolerations[0].operator=Sometimes", "/probe/tolerations/0/operator")]
    [InlineData("probe.podLabels.kubewgdiag\\.io/diagnosis-uid=x", "/probe/podLabels")]
    [InlineData("operator.listenAddress=everywhere", "/operator/listenAddress")]
    [InlineData("operator.serviceAccount.create=false", "/operator/serviceAccount")]
    [InlineData("metrics.service.enabled=false,metrics.serviceMonitor.enabled=true", "metrics.serviceMonitor.enabled needs metrics.service.enabled")]
    public async Task Template_BadValue_IsRefusedByName(string set, string expected)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var (exitCode, _, error) = await Helm.RunAsync(["template", "kubewgdiag", Helm.Chart, "--set", set]);
        exitCode.ShouldNotBe(0);
        error.ShouldContain(expected);
    }

    [SkippableFact]
    public async Task Template_OldCluster_IsRefused()
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        (await Helm.RunAsync(["template", "kubewgdiag", Helm.Chart, "--kube-version", "1.31.9"])).Error.ShouldContain("chart requires kubeVersion");
        (await Helm.RunAsync(["template", "kubewgdiag", Helm.Chart, "--kube-version", "1.32.0"])).ExitCode.ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData("", "kubectl label namespace wg --overwrite")]
    [InlineData("least-values.yaml", "Warning: without the admission policy")]
    public async Task Notes_SayWhatIsLeftToDo(string values, string expected)
    {
        Skip.If(Helm.Program is null, Helm.Missing);
        var (exitCode, output, error) = await Helm.RunAsync(
            ["install", "kubewgdiag", Helm.Chart, "--namespace", "wg", "--dry-run=client", .. Helm.Values(values)]);
        exitCode.ShouldBe(0, error);
        output[output.IndexOf("NOTES:", StringComparison.Ordinal)..].ShouldContain(expected);
    }
}
