// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>analyze</c>: judges recorded facts, of one node or of many.</summary>
internal static class AnalyzeCommand
{
    public static Command Create(ProbeHost host)
    {
        var output = new OutputOption();
        var files = new Argument<string[]>("file")
        {
            Description = "facts as the facts command prints them: one node, or an array of nodes",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("analyze", "Diagnose recorded facts. Exit code: 0 healthy, 1 findings, 2 could not check.") { files, output.Option };
        command.SetAction(async (parsed, ct) =>
        {
            var read = await FactsFiles.ReadAsync(parsed.GetValue(files) ?? [], ct);
            if (read.Problem is { } problem) return host.Refuse(problem);
            // The order on the command line must not change the answer.
            var nodes = read.Nodes.OrderBy(n => n.Node, StringComparer.Ordinal).ToList();
            return output.Print(parsed, host, nodes, DiagnosisEngine.Diagnose(new DiagnosisInput(nodes, new Thresholds())));
        });
        return command;
    }
}
