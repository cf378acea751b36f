// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;
using Xunit.Abstractions;

namespace KubeWgDiag.Diagnosis.Tests.Peers;

/// <summary>No measurement, only a fence: the tunnels of this mesh are a million, and nothing may look at each.</summary>
public sealed class LargeMeshTests(ITestOutputHelper output)
{
    [Theory, InlineData(600), InlineData(1200)]
    public void Diagnose_FullMeshOfDigests_IsLinear(int nodes)
    {
        var mesh = new SyntheticMesh(nodes, [new(SyntheticFaultKind.PeerMissing, 3, 40), new(SyntheticFaultKind.ForwardingOff, 7)]);
        var facts = Enumerable.Range(0, nodes).Select(node => mesh.AsSent(node)).ToList();
        var watch = Stopwatch.StartNew();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        output.WriteLine($"{nodes} nodes, {report.Totals().Total} tunnels, {report.Tunnels.Count} of them listed: {watch.ElapsedMilliseconds} ms");
        report.RootCauses.Where(cause => cause.Finding.Severity > Severity.Info).Select(cause => cause.Finding.Subject.Node)
            .ShouldBe([SyntheticMesh.Name(3), SyntheticMesh.Name(7)], ignoreOrder: true);
        report.Tunnels.Count.ShouldBeLessThan(nodes * 24);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }
}
