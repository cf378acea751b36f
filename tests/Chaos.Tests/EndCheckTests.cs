// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Chaos.Checks;
using KubeWgDiag.Chaos.Planning;
using KubeWgDiag.Chaos.Runs;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Chaos.Tests;

/// <summary>The judge of ends: a right end passes, each wrong one is named.</summary>
public sealed class EndCheckTests
{
    private static readonly KnownMesh Mesh = new("m", ["WG-KEY-DRIFT node-2"]);

    [Fact]
    public void RightEnd_Passes() => EndCheck.FaultsOf(Outcome(DiagnosisKind.Once, Status("a")), [Status("a")]).ShouldBeEmpty();

    [Fact]
    public void NoEnd() => Faults(Outcome(DiagnosisKind.Once, Status("a")) with { Ended = false }, Status("a")).ShouldContain("did not end");

    [Fact]
    public void LostFinding() => Faults(Outcome(DiagnosisKind.Once, Status("a") with { RootCauses = null }), Status("a")).ShouldContain("instead of [WG-KEY-DRIFT node-2]");

    [Fact]
    public void NodeWithoutReport() => Faults(Outcome(DiagnosisKind.Once, Status("a") with { Nodes = Nodes(2) }), Status("a")).ShouldContain("2/3");

    [Fact]
    public void DuplicateRun() => Faults(Outcome(DiagnosisKind.Once, Status("b")), Status("a"), Status("b")).ShouldContain("had 2 runs");

    [Fact]
    public void RunOfWhatMustNotRun() => Faults(Outcome(DiagnosisKind.Refused, Status("a")), Status("a")).ShouldContain("had 1 runs");

    [Fact]
    public void ExpiredWithWrongFinding() =>
        Faults(Outcome(DiagnosisKind.Expiring, null), Status("a") with { RootCauses = null }).ShouldContain("found []");

    private static string Faults(DiagnosisOutcome outcome, params TunnelDiagnosisStatus[] story) => string.Join('\n', EndCheck.FaultsOf(outcome, story));

    private static DiagnosisOutcome Outcome(DiagnosisKind kind, TunnelDiagnosisStatus? status) => new(
        new DiagnosisPlan("d", kind, Mesh, Mesh, TimeSpan.Zero),
        "uid",
        Ended: true,
        status is null ? null : new TunnelDiagnosis { Metadata = new ObjectMeta { Name = "d" }, Status = status });

    private static TunnelDiagnosisStatus Status(string run) => new()
    {
        Run = run,
        CompletionTime = DateTimeOffset.UnixEpoch,
        Nodes = Nodes(3),
        RootCauses = [new() { Code = "WG-KEY-DRIFT", Layer = "Keys", Severity = SeverityStatus.Critical, ConfidencePercent = 90, Node = "node-2", Message = "m", AffectedTunnels = 1 }],
    };

    private static NodeCounts Nodes(int reported) => new() { Desired = 3, Reported = reported, Progress = $"{reported}/3" };
}
