// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using FsCheck.Xunit;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.RootCauses;

/// <summary>What holds for every mesh with any faults in it. The runner prints the seed of a failure.</summary>
public sealed class ReportPropertyTests
{
    private const int Runs = 60;

    [Property(MaxTest = Runs)]
    public void Report_NodesAndPeersInAnyOrder_IsTheSame(int[] faults, int seed)
    {
        var mesh = Broken(faults);
        var expected = Write(mesh.Facts());
        var random = new Random(seed);
        foreach (var node in mesh.Nodes)
        {
            Shuffle(random, node.Device.Peers);
            Shuffle(random, node.Links);
            Shuffle(random, node.Routes);
        }

        var facts = mesh.Facts().ToList();
        Shuffle(random, facts);
        Write(facts).ShouldBe(expected);
    }

    [Property(MaxTest = Runs)]
    public void Report_OneMoreHealthyNode_KeepsAllCausesInTheirOrder(int[] faults)
    {
        var facts = Broken(faults).Facts();
        var one = Layouts.Node("another", 90);
        one.AddDevice("wg0");
        Causes(Diagnose([.. facts, one.ToFacts()])).ShouldBe(Causes(Diagnose(facts)));
    }

    [Property(MaxTest = Runs)]
    public void Report_AllFindings_KeepTheirTunnels(int[] faults)
    {
        var facts = Broken(faults).Facts();
        var mesh = MeshBuilder.Build(new DiagnosisInput(facts, new Thresholds()));
        var told = Diagnose(facts).RootCauses.SelectMany(cause => cause.AffectedTunnels).ToHashSet();
        RuleCatalogue.Rules.Where(rule => rule is not ISymptomRule).SelectMany(rule => rule.Evaluate(mesh)).SelectMany(finding => finding.Finding.AffectedTunnels)
            .Where(tunnel => !told.Contains(tunnel)).ShouldBeEmpty();
    }

    [Property(MaxTest = Runs)]
    public void Report_EveryFaultyNode_IsNamedByItsCause(int[] faults)
    {
        var facts = Broken(faults).Facts();
        var mesh = MeshBuilder.Build(new DiagnosisInput(facts, new Thresholds()));
        var told = Diagnose(facts).RootCauses.SelectMany(cause => cause.Nodes.Concat(cause.Consequences.Select(finding => finding.Subject.Node))
            .Concat(cause.Consequences.SelectMany(finding => finding.AffectedTunnels).Select(tunnel => tunnel.FromNode))).ToHashSet();
        RuleCatalogue.Rules.Where(rule => rule is not ISymptomRule).SelectMany(rule => rule.Evaluate(mesh)).Select(finding => finding.Finding.Subject.Node)
            .Where(node => !told.Contains(node)).ShouldBeEmpty();
    }

    /// <summary>A mesh of six with faults of five kinds on any of its nodes.</summary>
    private static TestMesh Broken(int[] faults)
    {
        var mesh = Layouts.Flannel(6, new Setup(Keepalive: 25)).TalkAll();
        foreach (var fault in faults.Take(8))
        {
            var (node, kind) = ((int)((uint)fault % 6), (int)((uint)fault / 6 % 5));
            var next = (node + 1) % 6;
            switch (kind)
            {
                case 0:
                    mesh[node].Sysctls["net.ipv4.ip_forward"] = 0;
                    break;
                case 1:
                    mesh[node].ChangeLink(mesh.Device(node).Link, link => link with { Mtu = 1500 });
                    break;
                case 2:
                    mesh[node].ChangeLink(mesh.Device(node).Link, link => link with { Up = false, LowerUp = false });
                    break;
                case 3:
                    mesh.Device(node).Peers.RemoveAll(peer => peer.Key == mesh.Device(next).Key);
                    break;
                default:
                    mesh.Device(node).Peers.Where(peer => peer.Key == mesh.Device(next).Key).ToList().ForEach(peer => peer.AllowedIps = []);
                    break;
            }
        }

        return mesh;
    }

    private static DiagnosisReport Diagnose(IReadOnlyList<NodeFacts> facts) => DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));

    private static IEnumerable<string> Causes(DiagnosisReport report) => report.RootCauses.Select(cause => $"{cause.Finding.Code} {string.Join(' ', cause.Nodes)}");

    private static string Write(IReadOnlyList<NodeFacts> facts) => JsonSerializer.Serialize(Diagnose(facts), ReportJsonContext.Default.DiagnosisReport);

    private static void Shuffle<T>(Random random, List<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
