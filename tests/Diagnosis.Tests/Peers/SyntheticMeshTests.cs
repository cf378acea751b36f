// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Peers;
using KubeWgDiag.Diagnosis.Tests.Model;
using Xunit.Abstractions;

namespace KubeWgDiag.Diagnosis.Tests.Peers;

/// <summary>The cheap way to a node's digested facts is the probe's way, and the faults in it are found.</summary>
public sealed class SyntheticMeshTests(ITestOutputHelper output)
{
    private static readonly IReadOnlyList<SyntheticFault> Faults =
    [
        new(SyntheticFaultKind.PeerMissing, 3, 40),
        new(SyntheticFaultKind.WrongPort, 5, 41),
        new(SyntheticFaultKind.ForwardingOff, 7),
        new(SyntheticFaultKind.DeviceDown, 9),
        new(SyntheticFaultKind.NoHandshake, 11, 42),
    ];

    [Theory, InlineData(0), InlineData(3), InlineData(5), InlineData(7), InlineData(9), InlineData(11), InlineData(40)]
    public void AsSent_IsWhatTheProbeMakesOfAllFacts(int node)
    {
        var mesh = new SyntheticMesh(700, Faults);
        var full = mesh.Full(node);
        var digested = PeerDigester.Digest(full, DiagnosisEngine.Diagnose(new DiagnosisInput([full], new Thresholds())));
        Json(mesh.AsSent(node)).ShouldBe(Json(digested.Facts));
        output.WriteLine($"{Json(digested.Facts).Length} bytes");
    }

    [Fact]
    public void Diagnose_ManyNodesWithFiveFaults_FindsEachAndCountsTheRest()
    {
        var mesh = new SyntheticMesh(600, Faults);
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput([.. Enumerable.Range(0, mesh.Count).Select(node => mesh.AsSent(node))], new Thresholds()));
        report.RootCauses.Where(cause => cause.Finding.Severity >= Severity.Warning).Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node}")
            .ShouldBe(Faults.Select(fault => $"{fault.Code} {SyntheticMesh.Name(fault.Node)}"), ignoreOrder: true);
        report.CouldNotCheck.ShouldBeEmpty();
        report.Totals().Total.ShouldBe((600 * 599) - 1);
        // The node that is down and the one that does not forward cannot be reached by anyone, nor reach anyone.
        report.Totals().Broken.ShouldBe((599 * 2) + (598 * 2) + 1 + 2 + 1 + 1);
    }

    private static string Json(NodeFacts facts) => JsonSerializer.Serialize(facts, FactsJsonContext.Default.NodeFacts);
}
