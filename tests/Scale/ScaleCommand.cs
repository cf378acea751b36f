// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Scale.Output;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Scale;

/// <summary>The command line.</summary>
internal static class ScaleCommand
{
    private const int Failed = 1;
    private const int Usage = 2;

    public static RootCommand Build()
    {
        var nodes = new Option<int>("--nodes") { Description = "nodes of the first run, 20 to 30000", DefaultValueFactory = _ => 5000 };
        nodes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 20 or > 30_000)
                result.AddError("--nodes takes 20 to 30000");
        });
        var single = new Option<bool>("--single") { Description = "do not repeat with twice the nodes" };
        var agents = new Option<int>("--agents") { Description = "nodes with a whole agent and a watch of its own", DefaultValueFactory = _ => 20 };
        var observation = new Option<int>("--observation") { Description = "seconds that a probe watches its counters", DefaultValueFactory = _ => 8 };
        var program = new Option<string>("--operator") { Description = "the published operator", DefaultValueFactory = _ => Below("artifacts/publish/operator/kubewgdiag-operator") };
        var server = new Option<string>("--server")
        {
            Description = "the embedded API server's assembly",
            DefaultValueFactory = _ => Below("tests/EmbeddedApiServer/bin/Release/net10.0/KubeWgDiag.EmbeddedApiServer.dll"),
        };
        var output = new Option<string>("--output") { Description = "folder of the figures and logs", DefaultValueFactory = _ => Below("artifacts") };
        var root = new RootCommand("Measures the operator on a cluster of simulated nodes") { nodes, single, agents, observation, program, server, output };
        root.SetAction((parsed, ct) => RunAsync(
            new ScaleOptions
            {
                Nodes = parsed.GetValue(nodes),
                Doubled = !parsed.GetValue(single),
                Agents = parsed.GetValue(agents),
                ObservationSeconds = parsed.GetValue(observation),
                Operator = parsed.GetValue(program)!,
                Server = parsed.GetValue(server)!,
                Output = parsed.GetValue(output)!,
            },
            ct));
        return root;
    }

    private static async Task<int> RunAsync(ScaleOptions options, CancellationToken ct)
    {
        foreach (var program in new[] { options.Operator, options.Server }.Where(file => !File.Exists(file)))
        {
            await Console.Error.WriteLineAsync($"{program} is not there: make bench-scale builds it");
            return Usage;
        }

        try
        {
            var first = await new ScaleRun(options, options.Nodes).RunAsync(ct);
            var second = options.Doubled ? await new ScaleRun(options, options.Nodes * 2).RunAsync(ct) : null;
            var table = FigureTable.Of(first, second);
            table.Print(Console.Out);
            await table.WriteAsync(Path.Combine(options.Output, "bench-scale.json"), ct);
            return table.IsRight ? 0 : Failed;
        }
        catch (ScaleException broken)
        {
            await Console.Error.WriteLineAsync(broken.Message);
            return Failed;
        }
    }

    private static string Below(string path) => Path.Combine(RepositoryRoot.Path, path);
}
