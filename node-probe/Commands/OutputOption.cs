// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>-o</c> of the commands that end in a report.</summary>
internal sealed class OutputOption
{
    private const string Table = "table";
    private const string Json = "json";

    public OutputOption() => Option.AcceptOnlyFromAmong(Table, Json);

    public Option<string> Option { get; } = new("--output", "-o")
    {
        Description = "table for people, json for programs",
        HelpName = "table|json",
        DefaultValueFactory = _ => Table,
    };

    public bool IsJson(ParseResult parsed) => parsed.GetValue(Option) == Json;

    /// <summary>Prints the report in the form that was asked for and returns its exit code.</summary>
    public int Print(ParseResult parsed, ProbeHost host, IReadOnlyList<NodeFacts> nodes, DiagnosisReport report)
    {
        if (IsJson(parsed))
            host.Output.Writer.Write(IndentedJson.Of(report) + "\n");
        else
            new ReportWriter(host.Output).Write(nodes, report);
        return ExitCodes.Of(report);
    }
}
