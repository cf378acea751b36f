// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Demo.Cluster;

namespace KubeWgDiag.Demo.Output;

/// <summary>Shows a finished diagnosis.</summary>
internal sealed class DiagnosisPrinter(Screen screen)
{
    private const int LongestMessage = 90;

    /// <summary>What changed while a run is under way, one line per change.</summary>
    public Action<TunnelDiagnosis> Progress()
    {
        var last = "";
        return diagnosis =>
        {
            var nodes = diagnosis.Status?.Nodes;
            var ready = diagnosis.ConditionOf("ProbesReady")?.Message ?? "";
            var news = nodes is { Reported: > 0 } ? $"{nodes.Progress} nodes have reported" : ready;
            if (news.Length == 0)
                return;
            var line = $"{diagnosis.Status?.Phase,-9} {news}";
            if (line != last)
                screen.Line(line);
            last = line;
        };
    }

    /// <summary>The conditions, as <c>kubectl describe</c> has them, in short.</summary>
    public void Conditions(TunnelDiagnosis diagnosis)
    {
        foreach (var condition in diagnosis.Status?.Conditions ?? [])
            screen.Line($"{condition.Type,-15} {condition.Status,-8} {condition.Reason,-26} {Short(condition.Message)}");
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

    // A condition that repeats the whole root cause would take three lines here; it comes in full below.
    private static string Short(string message) => message.Length <= LongestMessage ? message : $"{message[..LongestMessage]}...";

    /// <summary>The commands of a cause.</summary>
    public void Mending(RootCauseStatus cause)
    {
        var steps = cause.Remediation ?? [];
        foreach (var step in steps)
            screen.Strong($"{step.Node}# {step.Command}");
        foreach (var scope in steps.Select(step => step.Scope).OfType<string>().Distinct())
            screen.Dim($"({scope})");
    }
}
