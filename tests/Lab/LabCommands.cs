// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab;

/// <summary>The lab for use by hand.</summary>
internal static class LabCommands
{
    private const int ObserveSeconds = 8;

    public static RootCommand Root()
    {
        var nodes = new Option<int>("--nodes") { Description = "number of nodes, 2 to 50", DefaultValueFactory = _ => 3 };
        var family = new Option<string>("--family") { Description = "address family of the mesh", DefaultValueFactory = _ => "4" };
        family.AcceptOnlyFromAmong("4", "6", "both");
        var keepalive = new Option<int>("--keepalive") { Description = "persistent keepalive in seconds, 0 = off" };
        var fault = new Option<string?>("--fault") { Description = "break it so once it works" };
        LabOptions Options(ParseResult parsed) => new()
        {
            Nodes = parsed.GetValue(nodes),
            Keepalive = parsed.GetValue(keepalive),
            Families = parsed.GetValue(family) switch { "4" => [Family.V4], "6" => [Family.V6], _ => [Family.V4, Family.V6] },
        };
        var up = new Command("up", "build a lab and keep it until Ctrl-C") { nodes, family, keepalive, fault };
        up.SetAction((parsed, ct) => RunAsync(Options(parsed), parsed.GetValue(fault), KeepAsync, ct));

        var probe = new Option<string>("--probe") { Description = "the published kubewgdiag-probe", DefaultValueFactory = _ => "artifacts/publish/probe/kubewgdiag-probe" };
        var folder = new Option<string>("--out") { Description = "folder of the files", Required = true };
        var record = new Command("record", "write the facts of all nodes to files") { nodes, family, keepalive, fault, probe, folder };
        record.SetAction((parsed, ct) => RunAsync(
            Options(parsed),
            parsed.GetValue(fault),
            (lab, _, stop) => Recording.WriteAsync(lab, parsed.GetValue(probe)!, parsed.GetValue(folder)!, ObserveSeconds, stop),
            ct));
        var faults = new Command("faults", "list the faults");
        faults.SetAction(_ => ListFaults(Console.Out));
        return new RootCommand("A small cluster's network in namespaces, with WireGuard laid out as flannel does it") { up, record, faults };
    }

    private static async Task<int> RunAsync(
        LabOptions options, string? faultName, Func<LabNetwork, Fault?, CancellationToken, Task> work, CancellationToken ct)
    {
        var fault = faultName is null ? null : FaultCatalogue.Find(faultName);
        if (faultName is not null && fault is null)
        {
            await Console.Error.WriteLineAsync($"there is no fault {faultName}; the known ones:");
            ListFaults(Console.Error);
            return 2;
        }

        var missing = await Prerequisites.MissingAsync(ct);
        if (missing.Count > 0)
        {
            await Console.Error.WriteLineAsync($"the lab needs:\n  {string.Join("\n  ", missing)}");
            return 2;
        }

        try
        {
            await using var lab = await LabNetwork.StartAsync(options, ct);
            await using var traffic = await lab.StartTrafficAsync(ct);
            await lab.WaitUntilHealthyAsync(TimeSpan.FromSeconds(20), ct);
            if (fault is not null)
                await fault.InjectAsync(new FaultScene(lab, options.Families[0], new ConsoleProgress()), ct);
            await work(lab, fault, ct);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C: leaving the block above has cleared the lab away.
        }
        catch (LabException broken)
        {
            await Console.Error.WriteLineAsync(broken.Message);
            return 1;
        }

        return 0;
    }

    private static async Task KeepAsync(LabNetwork lab, Fault? fault, CancellationToken ct)
    {
        Console.WriteLine($"{lab.Nodes.Count} nodes, {(lab.KernelWireGuard ? "the kernel's WireGuard" : "wireguard-go")}, traffic from node-1's pod to all others");
        if (fault is not null)
            Console.WriteLine($"broken: {fault.Code} ({fault.Title})");
        Console.WriteLine("\nenter with:");
        Console.WriteLine($"  underlay: nsenter -t {lab.Underlay.NetworkPid} -n");
        foreach (var node in lab.Nodes)
            Console.WriteLine($"  {node.Name}: nsenter -t {node.Host.NetworkPid} -n -m -p -u    its pod: nsenter -t {node.Pod.NetworkPid} -n");
        Console.WriteLine("\nCtrl-C takes everything away");
        await Task.Delay(Timeout.Infinite, ct);
    }

    private static int ListFaults(TextWriter output)
    {
        foreach (var fault in FaultCatalogue.All)
            output.WriteLine($"  {fault.Name,-34} {fault.Title}");
        return 0;
    }

    private sealed class ConsoleProgress : IProgress<string>
    {
        public void Report(string value) => Console.WriteLine(value);
    }
}
