// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo.Cluster;

/// <summary>Does what a person would do with the printed commands: runs each on the node that it names, in order.</summary>
public static class Mender
{
    /// <summary>Runs the commands of a cause; false when it has none.</summary>
    /// <exception cref="LabException">A command failed, or its node is not in the lab.</exception>
    public static async Task<bool> MendAsync(LabNetwork lab, RootCauseStatus cause, Action<RemediationStatus>? told, CancellationToken ct)
    {
        foreach (var step in cause.Remediation ?? [])
        {
            told?.Invoke(step);
            var node = lab.Nodes.FirstOrDefault(n => n.Name == step.Node) ?? throw new LabException($"the lab has no node {step.Node}");
            await node.DoAsync(step.Command, ct);
        }

        return cause.Remediation is { Count: > 0 };
    }
}
