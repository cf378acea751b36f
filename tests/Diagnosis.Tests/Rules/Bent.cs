// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Facts of a test mesh with something of the machine added to one node.</summary>
internal static class Bent
{
    public static Fact<T> Fact<T>(T value)
        where T : class => new() { Source = "test", At = TestNode.Now, Value = value };

    public static DiagnosisReport With(this TestMesh mesh, int node, Func<NodeFacts, NodeFacts> change) => DiagnosisEngine.Diagnose(
        new DiagnosisInput([.. mesh.Facts().Select((facts, index) => index == node ? change(facts) : facts)], new Thresholds()));

    public static DiagnosisReport WithHost(this TestMesh mesh, int node, HostFacts host) => mesh.With(node, facts => facts with { Host = host });

    public static DiagnosisReport WithCounter(this TestMesh mesh, int node, string name, ulong growth)
    {
        mesh[node].ProtocolCounters[name] = new Counter(growth, growth);
        return mesh.Diagnose();
    }

    public static Finding? Find(this DiagnosisReport report, string code) => report.RootCauses
        .SelectMany(cause => cause.Consequences.Prepend(cause.Finding)).FirstOrDefault(finding => finding.Code == code);
}
