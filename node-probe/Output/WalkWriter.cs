// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>Prints a packet's way for people: the answer first, then every step with what decided it.</summary>
internal sealed class WalkWriter(Terminal terminal)
{
    /// <summary>Where the words of a step begin: after number, sign and stage.</summary>
    private const int Indent = 20;

    private readonly Paper _paper = new(terminal);

    public void Write(WalkReport report)
    {
        var summary = report.Summary;
        _paper.Words(0, char.ToUpper(summary[0], CultureInfo.InvariantCulture) + summary[1..] + ".");
        var place = "";
        for (var i = 0; i < report.Steps.Count; i++)
        {
            var step = report.Steps[i];
            if (step.Place != place)
            {
                _paper.Blank();
                _paper.Title(PlainText.OneLine(step.Place));
                place = step.Place;
            }

            var number = (i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(3);
            var stage = step.Stage.ToString().ToLowerInvariant().PadRight(13);
            _paper.Raw(0, $"{number} {Sign(step.Outcome)} {stage} {PlainText.OneLine(step.What, 512)}");
            var by = step.DecidedBy is { } decided ? step.Owner is { } owner ? $"{decided} [{owner}]" : decided : null;
            if (by is not null) _paper.Raw(Indent, PlainText.OneLine(by, 1024));
        }
    }

    private static string Sign(WalkOutcome outcome) => outcome switch
    {
        WalkOutcome.Dropped => "x",
        WalkOutcome.Undetermined => "?",
        _ => "-",
    };
}
