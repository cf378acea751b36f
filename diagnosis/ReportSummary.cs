// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Tunnels;

namespace KubeWgDiag.Diagnosis;

/// <summary>One sentence a tired person understands: who, what, where, which command.</summary>
internal static class ReportSummary
{
    public static string Of(MeshModel mesh, JudgedTunnels judged, IReadOnlyList<RootCause> causes, int unchecked_)
    {
        var faults = causes.Where(cause => cause.Finding.Severity > Severity.Info).ToList();
        var (tunnels, all) = (judged.Listed, TunnelTotals.Of(judged.Listed) + judged.Unlisted);
        var broken = tunnels.Where(tunnel => IsBroken(tunnel.State)).ToList();
        var text = faults.Count > 0 ? Fault(faults, all.Total) : NoFault(mesh, all, broken);
        return unchecked_ == 0 ? text : $"{text} {Count(unchecked_, "thing")} could not be checked.";
    }

    private static string Fault(List<RootCause> faults, int tunnels)
    {
        var first = faults[0];
        // Both ends of an unlisted tunnel may count it.
        var suffering = Math.Min(first.AffectedTunnels.Count + first.UnlistedTunnels, tunnels);
        var reach = first.AffectedTunnels.Count == 0 ? "" : $" {suffering} of {Count(tunnels, "tunnel")} {(suffering == 1 ? "suffers" : "suffer")}.";
        var more = faults.Count == 1 ? "" : $" {Count(faults.Count - 1, "other cause")} found; the next is {faults[1].Finding.Code} on {Where(faults[1])}.";
        return $"{first.Finding.Code}: {first.Finding.Message}{reach}{Mend(first)}{more}";
    }

    private static string Mend(RootCause cause)
    {
        var steps = cause.Finding.Remediation;
        if (steps.Count == 0) return "";
        // The same commands for each node, so the first node's tell them all.
        var own = steps.Count(step => step.Node == steps[0].Node);
        var count = cause.Nodes.Count > 1 ? own : steps.Count;
        var where = cause.Nodes.Count > 1 ? $"each of the {cause.Nodes.Count} nodes" : steps[0].Node;
        return $" On {where} run: {steps[0].Command}{(count == 1 ? "." : $" (first of {count} commands).")}";
    }

    private static string Where(RootCause cause) => cause.Nodes.Count > 1 ? Count(cause.Nodes.Count, "node") : cause.Finding.Subject.Node;

    private static string NoFault(MeshModel mesh, TunnelTotals tunnels, List<TunnelAssessment> broken)
    {
        if (mesh.Nodes.Count == 0) return "No node reported any facts.";
        if (tunnels.Total == 0) return $"No WireGuard tunnel was found on {Count(mesh.Nodes.Count, "node")}.";
        if (broken.Count > 0)
            return $"{tunnels.Broken} of {Count(tunnels.Total, "tunnel")} {(tunnels.Broken == 1 ? "is" : "are")} broken and no cause was found; the first is {broken[0].Tunnel.FromNode} to {broken[0].Tunnel.ToNode ?? "an unobserved peer"}: {broken[0].Reason}";
        return $"No fault found: {Count(tunnels.Total, "tunnel")} on {Count(mesh.Nodes.Count, "node")}, {tunnels.Total - tunnels.Idle - tunnels.Unknown} in use, {tunnels.Idle} idle"
            + (tunnels.Unknown == 0 ? "." : $", {tunnels.Unknown} not to be judged.");
    }

    private static bool IsBroken(TunnelState state) => state is TunnelState.NoHandshake or TunnelState.OneWay or TunnelState.RejectedByAllowedIps
        or TunnelState.NotRoutedIn or TunnelState.DroppedAfterDecrypt or TunnelState.MtuBlackhole;

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
