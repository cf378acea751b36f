// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab;

/// <summary>The lab for use by hand.</summary>
internal static class LabCommands
{
    public static RootCommand Root()
    {
        var nodes = new Option<int>("--nodes") { Description = "number of nodes, 2 to 50", DefaultValueFactory = _ => 3 };
        var family = new Option<string>("--family") { Description = "address family of the mesh", DefaultValueFactory = _ => "4" };
        family.AcceptOnlyFromAmong("4", "6", "both");
        var keepalive = new Option<int>("--keepalive") { Description = "persistent keepalive in seconds, 0 = off" };
        var fault = new Option<string?>("--fault") { Description = "break it so once it works" };
        var up = new Command("up", "build a lab and keep it until Ctrl-C") { nodes, family, keepalive, fault };
        up.SetAction((parsed, ct) => UpAsync(
            new LabOptions
            {
                Nodes = parsed.GetValue(nodes),
                Keepalive = parsed.GetValue(keepalive),
                Families = parsed.GetValue(family) switch { "4" => [Family.V4], "6" => [Family.V6], _ => [Family.V4, Family.V6] },
            },
            parsed.GetValue(fault),
            ct));
        var faults = new Command("faults", "list the faults");
        faults.SetAction(_ => ListFaults(Console.Out));
        return new RootCommand("A small cluster's network in namespaces, with WireGuard laid out as flannel does it") { up, faults };
    }

    private static async Task<int> UpAsync(LabOptions options, string? faultName, CancellationToken ct)
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
            Describe(lab, fault);
            await Task.Delay(Timeout.Infinite, ct);
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

    private static void Describe(LabNetwork lab, Fault? fault)
    {
        Console.WriteLine($"{lab.Nodes.Count} nodes, {(lab.KernelWireGuard ? "the kernel's WireGuard" : "wireguard-go")}, traffic from node-1's pod to all others");
        if (fault is not null)
            Console.WriteLine($"broken: {fault.Code} ({fault.Title})");
        Console.WriteLine("\nenter with:");
        Console.WriteLine($"  underlay: nsenter -t {lab.Underlay.NetworkPid} -n");
        foreach (var node in lab.Nodes)
            Console.WriteLine($"  {node.Name}: nsenter -t {node.Host.NetworkPid} -n -m -p -u    its pod: nsenter -t {node.Pod.NetworkPid} -n");
        Console.WriteLine("\nCtrl-C takes everything away");
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
