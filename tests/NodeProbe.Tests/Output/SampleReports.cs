// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Tests.Output;

/// <summary>Reports made by hand, so that these tests do not depend on any rule.</summary>
internal static class SampleReports
{
    public static DiagnosisReport Healthy(NodeFacts facts) => new()
    {
        Tunnels = [.. TunnelsOf(facts).Select(t => new TunnelAssessment(t, TunnelState.Healthy, "the session is fresh"))],
        RootCauses = [],
        CouldNotCheck = [],
        Summary = "All tunnels are healthy.",
    };

    public static DiagnosisReport Of(params IReadOnlyList<Finding> findings) => new()
    {
        Tunnels = [],
        RootCauses = [.. findings.Select(f => new RootCause(f, [], f.AffectedTunnels, [f.Subject.Node]))],
        CouldNotCheck = [],
        Summary = "Something is wrong.",
    };

    public static Finding Finding(Severity severity, string message = "Node a does something wrong.") => new()
    {
        Code = "WG-SAMPLE",
        Layer = Layer.Route,
        Severity = severity,
        Confidence = 0.9,
        Subject = new Subject { Node = "node-a", Device = "wg0" },
        Message = message,
        Explanation = "The kernel does what it is told.",
        FalsifiedBy = "a packet that arrives",
        Evidence = [],
    };

    public static IEnumerable<TunnelId> TunnelsOf(NodeFacts facts) =>
        facts.Namespaces.SelectMany(n => n.KernelWireGuard.Value ?? []).SelectMany(d => d.Peers.Select(p => new TunnelId(facts.Node, d.Name, null, p.PublicKey)));
}
