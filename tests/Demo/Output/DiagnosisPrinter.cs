// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;

namespace KubeWgDiag.Demo.Output;

/// <summary>Shows a finished diagnosis.</summary>
internal sealed class DiagnosisPrinter(Screen screen)
{
    /// <summary>What changed while a run is under way, one line per change.</summary>
    public Action<TunnelDiagnosis> Progress()
    {
        var last = "";
        return diagnosis =>
        {
            var nodes = diagnosis.Status?.Nodes;
            var ready = diagnosis.ConditionOf("ProbesReady");
            var line = $"{diagnosis.Status?.Phase?.ToString() ?? "Applied",-9} {(nodes is null ? "" : $"{nodes.Progress} nodes have reported")}"
                + (nodes?.Reported == 0 && ready is { Message.Length: > 0 } ? $" ({ready.Message})" : "");
            if (line != last)
                screen.Line(line);
            last = line;
        };
    }

    /// <summary>The conditions, as <c>kubectl describe</c> has them, in short.</summary>
    public void Conditions(TunnelDiagnosis diagnosis)
    {
        foreach (var condition in diagnosis.Status?.Conditions ?? [])
            screen.Line($"{condition.Type,-15} {condition.Status,-6} {condition.Reason,-26} {condition.Message}");
    }

    /// <summary>One cause with its evidence.</summary>
    public void Cause(RootCauseStatus cause)
    {
        screen.Strong($"{cause.Code}   {cause.Severity}, {cause.ConfidencePercent} % sure, on {cause.Node}");
        screen.Paragraph(cause.Message);
        if (cause.Explanation is { Length: > 0 } why)
            screen.Paragraph(why);
        screen.Line();
        screen.Strong("Evidence");
        foreach (var evidence in cause.Evidence ?? [])
        {
            screen.Line($"{evidence.Node}: {evidence.What}");
            screen.Paragraph($"shows    {evidence.Observed}", "    ");
            if (evidence.Expected is { Length: > 0 } expected)
                screen.Paragraph($"expected {expected}", "    ");
        }

        foreach (var consequence in cause.Consequences ?? [])
            screen.Dim($"this explains {consequence.Code} on {consequence.Node}");
        if (cause.AffectedTunnelSample is { Count: > 0 } tunnels)
            screen.Dim($"affected: {string.Join(", ", tunnels)}{(cause.AffectedTunnels > tunnels.Count ? $" and {cause.AffectedTunnels - tunnels.Count} more" : "")}");
    }

    /// <summary>The commands of a cause.</summary>
    public void Mending(RootCauseStatus cause)
    {
        foreach (var step in cause.Remediation ?? [])
        {
            screen.Strong($"{step.Node}# {step.Command}");
            if (step.Scope is { Length: > 0 } scope)
                screen.Dim($"    {scope}");
        }
    }
}
