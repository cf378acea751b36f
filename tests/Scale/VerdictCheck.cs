// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Scale.Mesh;

namespace KubeWgDiag.Scale;

/// <summary>Holds a finished diagnosis against what was broken.</summary>
internal static class VerdictCheck
{
    /// <summary>What is wrong with the verdict; null when it names exactly the faults.</summary>
    public static string? FaultOf(TunnelDiagnosis diagnosis, MeshPlan plan)
    {
        var status = diagnosis.Status;
        if (status?.Phase != DiagnosisPhase.Complete)
            return $"phase {status?.Phase}: {status?.Summary}";
        if (status.Nodes is not { } counts || counts.Reported != plan.Count)
            return $"{status.Nodes?.Reported} of {plan.Count} nodes reported: {string.Join("; ", (status.Nodes?.NotReported ?? []).Take(3).Select(node => $"{node.Node} {node.Reason} {node.Message}"))}";
        var found = (status.RootCauses ?? []).Select(cause => $"{cause.Code} on {cause.Node}").Order(StringComparer.Ordinal).ToList();
        var expected = plan.Expected.Select(cause => $"{cause.Code} on {cause.Node}").Order(StringComparer.Ordinal).ToList();
        return found.SequenceEqual(expected, StringComparer.Ordinal) ? null : $"found [{string.Join(", ", found)}], broken is [{string.Join(", ", expected)}]";
    }
}
