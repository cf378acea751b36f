// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.RootCauses;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tests.Model;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis.Tests.RootCauses;

/// <summary>Chains of causes, over made-up rules on a real mesh.</summary>
public sealed class CauseGraphTests
{
    private readonly MeshModel _mesh = MeshBuilder.Build(new DiagnosisInput(Layouts.Flannel(4, new Setup()).TalkAll().Facts(), new Thresholds()));

    [Fact]
    public void Build_Chain_AttachesAllToTheFirstInDepthOrder()
    {
        var cause = Build(Made(C, 0), Made(A, 0), Made(B, 0)).ShouldHaveSingleItem();
        cause.Finding.Code.ShouldBe("A");
        cause.Consequences.Select(finding => finding.Code).ShouldBe(["B", "C"]);
    }

    [Fact]
    public void Build_ReasonOnAnotherDevice_ExplainsNothing() =>
        Build(Made(A, 0), Made(B, 1)).Select(cause => cause.Finding.Code).ShouldBe(["A", "B"]);

    [Fact]
    public void Build_NoteAsReason_ExplainsNothing() =>
        Build(Made(A, 0, Severity.Info), Made(B, 0)).Select(cause => cause.Finding.Code).ShouldBe(["B", "A"]);

    [Fact]
    public void Build_TwoReasons_DeeperHasTheEffectAndTheOtherNamesIt()
    {
        var two = Rule("TWO", 30, ["D", "A"]);
        var causes = Build(Made(D, 0), Made(two, 0), Made(A, 0));
        causes.Select(cause => (cause.Finding.Code, cause.Consequences.Count)).ShouldBe([("A", 1), ("D", 0)]);
        causes[1].AlsoExplains.ShouldBe([new SharedConsequence("TWO", "node-000", "A", "node-000")]);
        causes[0].AlsoExplains.ShouldBeEmpty();
    }

    [Fact]
    public void Build_ReachOfTunnels_GoesToBothEnds()
    {
        var far = Rule("FAR", 5) with { Reach = Reach.Tunnels };
        var near = Rule("NEAR", 50, ["FAR"]);
        var tunnel = Tunnel(0, 1);
        Build(Made(far, 0, tunnels: [tunnel]), Made(near, 1, tunnels: [tunnel.Reverse!])).ShouldHaveSingleItem().Finding.Code.ShouldBe("FAR");
        Build(Made(far, 0, tunnels: [tunnel]), Made(near, 1, tunnels: [tunnel.Reverse!, Tunnel(1, 2)])).Count.ShouldBe(2);
        Build(Made(far, 0, tunnels: [tunnel]), Made(near, 1)).Count.ShouldBe(2);
    }

    [Fact]
    public void Build_ConsequenceOnlyAlone_IsANote() =>
        Build(Made(Sign, 0, Severity.Error)).ShouldHaveSingleItem().Finding.Severity.ShouldBe(Severity.Info);

    [Fact]
    public void Build_ConsequenceOnlyBesideFaults_GoesToTheClosest()
    {
        var tunnel = Tunnel(0, 1);
        var causes = Build(Made(Sign, 0, tunnels: [tunnel]), Made(A, 0), Made(Rule("OTHER", 60), 1, tunnels: [tunnel.Reverse!]));
        causes.Select(cause => (cause.Finding.Code, cause.Consequences.Count)).ShouldBe([("A", 0), ("OTHER", 1)]);
        Build(Made(Sign, 0, tunnels: [tunnel]), Made(A, 0)).ShouldHaveSingleItem().Consequences.ShouldHaveSingleItem().Code.ShouldBe("SIGN");
        Build(Made(Sign, 0), Made(A, 1)).Select(cause => cause.Finding.Severity).ShouldBe([Severity.Error, Severity.Info]);
    }

    [Fact]
    public void Merge_EqualFaults_LoseNoTunnel()
    {
        var tunnels = _mesh.Peers.ToList();
        var findings = Enumerable.Range(0, 4).Select(node => Made(A, node, tunnels: [.. tunnels.Where(tunnel => tunnel.Device == _mesh.Devices[node])])).ToArray();
        var cause = Build(findings).ShouldHaveSingleItem();
        cause.AffectedTunnels.ShouldBe(TunnelOrder.Sort(tunnels.Select(tunnel => tunnel.Id)));
        cause.Nodes.Count.ShouldBe(4);
    }

    [Fact]
    public void Build_ManyFindings_IsNoWorkOfPairs()
    {
        // Each of 20,000 has a reason of its own to find among as many.
        var mesh = MeshBuilder.Build(new DiagnosisInput([.. Enumerable.Range(0, 4000).Select(Lonely)], new Thresholds()));
        var findings = mesh.Devices.SelectMany(device => new[] { A, B, C, D, Sign }.Select(rule => Made(rule, device, Severity.Error, []))).ToList();
        var watch = Stopwatch.StartNew();
        var causes = Build(mesh, findings);
        causes.Select(cause => (cause.Finding.Code, cause.Nodes.Count)).ShouldBe([("A", 4000), ("D", 4000)]);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    private static NodeFacts Lonely(int number)
    {
        var node = Layouts.Node($"n{number:0000}", 0);
        node.AddDevice("wg0");
        return node.ToFacts(lookups: false);
    }

    private static RuleDescriptor A { get; } = Rule("A", 10);

    private static RuleDescriptor B { get; } = Rule("B", 20, ["A"]);

    private static RuleDescriptor C { get; } = Rule("C", 25, ["B"]);

    private static RuleDescriptor D { get; } = Rule("D", 12);

    private static RuleDescriptor Sign { get; } = Rule("SIGN", 90) with { ConsequenceOnly = true };

    private static RuleDescriptor Rule(string code, int precedence, IReadOnlyList<string>? explainedBy = null) => new(code, Layer.Interface, Severity.Error, code)
    {
        Precedence = precedence,
        Explanation = "made up",
        FalsifiedBy = "made up",
        ExplainedBy = explainedBy ?? [],
    };

    private PeerView Tunnel(int from, int to) => _mesh.Peers.Single(peer => peer.Id.FromNode == $"node-{from:000}" && peer.Id.ToNode == $"node-{to:000}");

    private RuleFinding Made(RuleDescriptor rule, int node, Severity severity = Severity.Error, IReadOnlyList<PeerView>? tunnels = null) =>
        Made(rule, _mesh.Devices.Single(device => device.Node.Name == $"node-{node:000}"), severity, tunnels ?? []);

    private static RuleFinding Made(RuleDescriptor rule, DeviceView device, Severity severity, IReadOnlyList<PeerView> tunnels)
    {
        var draft = new FindingDraft(rule, device) { Message = $"{rule.Code} on {device.Node.Name}.", Confidence = 0.9, Severity = severity };
        foreach (var tunnel in tunnels) draft.Affects(tunnel, TunnelState.OneWay);
        return draft.Build();
    }

    private IReadOnlyList<RootCause> Build(params RuleFinding[] findings) => Build(_mesh, findings);

    private static IReadOnlyList<RootCause> Build(MeshModel mesh, IReadOnlyList<RuleFinding> findings) =>
        new RootCauseBuilder(mesh, [], new UnlistedTally(mesh, findings)).Build(findings);
}
