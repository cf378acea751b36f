// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis;

/// <summary>One sentence a tired person understands: who, what, where, which command.</summary>
internal static class ReportSummary
{
    public static string Of(MeshModel mesh, IReadOnlyList<TunnelAssessment> tunnels, IReadOnlyList<RootCause> causes, int unchecked_)
    {
        var faults = causes.Where(cause => cause.Finding.Severity > Severity.Info).ToList();
        var broken = tunnels.Where(tunnel => IsBroken(tunnel.State)).ToList();
        var text = faults.Count > 0 ? Fault(faults, tunnels.Count) : NoFault(mesh, tunnels, broken);
        return unchecked_ == 0 ? text : $"{text} {Count(unchecked_, "thing")} could not be checked.";
    }

    private static string Fault(List<RootCause> faults, int tunnels)
    {
        var first = faults[0];
        var reach = first.AffectedTunnels.Count == 0 ? "" : $" {first.AffectedTunnels.Count} of {Count(tunnels, "tunnel")} suffer.";
        var steps = first.Finding.Remediation;
        var mend = steps.Count == 0 ? "" : $" On {steps[0].Node} run: {steps[0].Command}{(steps.Count == 1 ? "." : $" (first of {steps.Count} commands).")}";
        var more = faults.Count == 1 ? "" : $" {Count(faults.Count - 1, "other cause")} found.";
        return $"{first.Finding.Code}: {first.Finding.Message}{reach}{mend}{more}";
    }

    private static string NoFault(MeshModel mesh, IReadOnlyList<TunnelAssessment> tunnels, List<TunnelAssessment> broken)
    {
        if (mesh.Nodes.Count == 0) return "No node reported any facts.";
        if (tunnels.Count == 0) return $"No WireGuard tunnel was found on {Count(mesh.Nodes.Count, "node")}.";
        if (broken.Count > 0)
            return $"{Count(broken.Count, "tunnel")} of {tunnels.Count} is broken and no cause was found; the first is {broken[0].Tunnel.FromNode} to {broken[0].Tunnel.ToNode ?? "an unobserved peer"}: {broken[0].Reason}";
        var idle = tunnels.Count(tunnel => tunnel.State == TunnelState.Idle);
        var unknown = tunnels.Count(tunnel => tunnel.State == TunnelState.Unknown);
        return $"No fault found: {Count(tunnels.Count, "tunnel")} on {Count(mesh.Nodes.Count, "node")}, {tunnels.Count - idle - unknown} in use, {idle} idle"
            + (unknown == 0 ? "." : $", {unknown} not to be judged.");
    }

    private static bool IsBroken(TunnelState state) => state is TunnelState.NoHandshake or TunnelState.OneWay or TunnelState.RejectedByAllowedIps
        or TunnelState.NotRoutedIn or TunnelState.DroppedAfterDecrypt or TunnelState.MtuBlackhole;

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
