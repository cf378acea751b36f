// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>One root cause: what, why, the evidence, and what to run.</summary>
internal sealed class RootCauseSection(Paper paper)
{
    public void Write(int number, RootCause cause)
    {
        var finding = cause.Finding;
        var rank = number.ToString(CultureInfo.InvariantCulture) + ". ";
        var word = finding.Severity.ToString().ToLowerInvariant();
        var sure = Math.Round(finding.Confidence * 100).ToString("0", CultureInfo.InvariantCulture);
        paper.Title($"{rank}{finding.Code}  {word}, {sure}% sure", Paper.Of(finding.Severity));
        paper.Words(3, finding.Message);
        paper.Words(3, finding.Explanation);
        if (cause.AffectedTunnels.Count > 1)
            paper.Words(3, $"Affects {ShortForms.Count(cause.AffectedTunnels.Count, "tunnel")} of {Nodes(cause.AffectedNodes)}.");
        WriteEvidence(finding.Evidence);
        WriteRemediation(finding.Remediation);
        paper.Words(3, "Wrong if: " + finding.FalsifiedBy, 2);
        foreach (var consequence in cause.Consequences)
            paper.Words(3, $"Explains {consequence.Code} on {consequence.Subject.Node}: {consequence.Message}", 2);
    }

    private static string Nodes(IReadOnlyList<string> nodes) =>
        nodes.Count <= 5 ? string.Join(", ", nodes) : $"{string.Join(", ", nodes.Take(5))} and {nodes.Count - 5} more";

    private void WriteEvidence(IReadOnlyList<Evidence> evidence)
    {
        if (evidence.Count == 0) return;
        paper.Words(3, "Evidence:");
        foreach (var item in evidence)
        {
            paper.Words(5, $"{PlainText.OneLine(item.Node)}: {item.What}", 2);
            paper.Words(7, "is: " + item.Observed, 4);
            if (item.Expected is { } expected) paper.Words(7, "should be: " + expected, 4);
        }
    }

    private void WriteRemediation(IReadOnlyList<Remediation> steps)
    {
        if (steps.Count == 0)
        {
            paper.Words(3, "No single command mends this.");
            return;
        }

        paper.Words(3, "To mend:");
        foreach (var step in steps)
        {
            paper.Words(5, $"# on {PlainText.OneLine(step.Node)}: {step.Scope}", 2);
            paper.Raw(5, PlainText.OneLine(step.Command));
            if (step.Undo is { } undo) paper.Raw(5, "# undo: " + PlainText.OneLine(undo));
        }
    }
}
