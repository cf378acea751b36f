// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Demo.Cluster;
using KubeWgDiag.Demo.Output;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Demo;

/// <summary>The command line, and what is checked before anything is built.</summary>
internal static class DemoCommand
{
    public const string NoFault = "none";

    public static RootCommand Build()
    {
        var fault = new Option<string>("--fault") { Description = "what to break, or none", DefaultValueFactory = _ => FaultCatalogue.Default };
        var family = new Option<string>("--family") { Description = "address family of the mesh, 4 or 6", DefaultValueFactory = _ => "4" };
        family.AcceptOnlyFromAmong("4", "6");
        var nodes = new Option<int>("--nodes") { Description = "number of nodes, 2 to 50", DefaultValueFactory = _ => 3 };
        nodes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 2 or > 50)
                result.AddError("--nodes takes 2 to 50");
        });
        var keep = new Option<bool>("--keep") { Description = "leave everything running until Ctrl-C" };
        var probe = new Option<string>("--probe") { Description = "the published kubewgdiag-probe", DefaultValueFactory = _ => Repository.Probe };
        var operatorPath = new Option<string>("--operator") { Description = "the published kubewgdiag-operator", DefaultValueFactory = _ => Repository.Operator };
        var root = new RootCommand("Breaks a real WireGuard mesh and lets KubeWgDiag find out what is wrong") { fault, family, nodes, keep, probe, operatorPath };
        root.SetAction((parsed, ct) => RunAsync(
            new DemoOptions
            {
                Fault = parsed.GetValue(fault)!,
                Family = parsed.GetValue(family) == "6" ? Family.V6 : Family.V4,
                Nodes = parsed.GetValue(nodes),
                Keep = parsed.GetValue(keep),
                ProbePath = parsed.GetValue(probe)!,
                OperatorPath = parsed.GetValue(operatorPath)!,
            },
            ct));
        return root;
    }

    private static async Task<int> RunAsync(DemoOptions options, CancellationToken ct)
    {
        var fault = FaultCatalogue.Find(options.Fault);
        if (fault is null && options.Fault != NoFault)
        {
            await Console.Error.WriteLineAsync($"There is no fault {options.Fault}. The known ones, besides none:");
            foreach (var known in FaultCatalogue.All)
                await Console.Error.WriteLineAsync($"  {known.Name,-34} {known.Title}");
            return ExitCodes.Usage;
        }

        foreach (var program in new[] { options.ProbePath, options.OperatorPath }.Where(p => !File.Exists(p)))
        {
            await Console.Error.WriteLineAsync($"{program} is not there: publish it first (make build)");
            return ExitCodes.Usage;
        }

        var screen = Screen.Terminal();
        var missing = await Prerequisites.MissingAsync(ct);
        return missing.Count > 0
            ? await ShowRecordedAsync(screen, options.ProbePath, missing, ct)
            : await new DemoRun(screen, options, fault).RunAsync(ct);
    }

    private static async Task<int> ShowRecordedAsync(Screen screen, string probe, IReadOnlyList<string> missing, CancellationToken ct)
    {
        screen.Section("This machine cannot run the lab");
        foreach (var thing in missing)
            screen.Bad($"it needs {thing}");
        screen.Section("The same engine on facts recorded from three nodes (handshake fresh, traffic dead)");
        string[] files = [.. Directory.GetFiles(Repository.RecordedFacts, "*.json").Order(StringComparer.Ordinal)];
        screen.Line($"kubewgdiag-probe analyze {string.Join(' ', files.Select(f => Path.GetRelativePath(Repository.Root, f)))}");
        screen.Line();
        var analysis = await Lab.Processes.Command.RunAsync([probe, "analyze", .. files], input: null, limit: null, ct);
        screen.Verbatim(analysis.Output + analysis.Error);
        return ExitCodes.CannotRun;
    }
}
