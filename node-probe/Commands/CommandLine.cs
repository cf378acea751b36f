// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>The program's command line: parse, refuse in one line, or run.</summary>
public static class CommandLine
{
    public const string ProgramName = "kubewgdiag-probe";

    /// <summary>How long a command may take to end after SIGTERM or Ctrl-C.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs the program.</summary>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, ProbeHost host, CancellationToken ct)
    {
        if (args is ["--version"])
        {
            await host.Output.Writer.WriteAsync($"{ProgramName} {host.Version}\n");
            return ExitCodes.Healthy;
        }

        var parsed = Build(host).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // The last one speaks of the word that does not fit; the one before it may only be its consequence ("command expected").
            return host.Refuse($"{PlainText.OneLine(parsed.Errors[^1].Message)} (see {ProgramName} --help)");
        }

        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TerminationTimeout,
            Output = host.Output.Writer,
            Error = host.Error,
        };
        return await RunAsync(parsed, configuration, host, ct);
    }

    private static async Task<int> RunAsync(ParseResult parsed, InvocationConfiguration configuration, ProbeHost host, CancellationToken ct)
    {
        try
        {
            return await parsed.InvokeAsync(configuration, ct);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IOException e)
        {
            // Standard output is gone (a closed pipe), or a file became unreadable between the check and the read.
            return host.Refuse(e.Message);
        }
    }

    private static RootCommand Build(ProbeHost host) => new("Finds out why WireGuard traffic of this host does not flow.")
    {
        CheckCommand.Create(host),
        FactsCommand.Create(host),
        ExplainPacketCommand.Create(host),
        AnalyzeCommand.Create(host),
        RunCommand.Create(host),
    };
}
