// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>Builds the network of a cell, breaks it, proves that it is broken, and records the facts of all nodes meanwhile.</summary>
/// <param name="probe">Shell command of the probe.</param>
/// <param name="folder">Where each cell gets a folder.</param>
public sealed class CellRunner(string probe, string folder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    public string FolderOf(Cell cell) => Path.Combine(folder, cell.Name);

    public async Task RunAsync(Cell cell, CancellationToken ct)
    {
        var own = FolderOf(cell);
        if (Directory.Exists(own))
            Directory.Delete(own, recursive: true);
        Directory.CreateDirectory(own);
        var clock = Stopwatch.StartNew();
        var error = await TryAsync(cell, own, ct);
        var recorded = new Recorded(cell.Scenario.Name, error, Math.Round(clock.Elapsed.TotalSeconds, 1));
        await File.WriteAllTextAsync(
            Path.Combine(own, "run.json"), JsonSerializer.Serialize(recorded, RecordedJsonContext.Default.Recorded), ct);
    }

    private async Task<string?> TryAsync(Cell cell, string own, CancellationToken ct)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timed.CancelAfter(Limit);
        try
        {
            return await PlayAsync(cell, own, timed.Token);
        }
        catch (LabException broken)
        {
            return broken.Message;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"not done after {Limit.TotalMinutes:0} minutes";
        }
    }

    private async Task<string?> PlayAsync(Cell cell, string own, CancellationToken ct)
    {
        var scenario = cell.Scenario;
        await using var network = await PlannedNetwork.StartAsync(LayoutCatalogue.Plan(cell.Layout, cell.Family), ct);
        if (network.KernelWireGuard != cell.Kernel)
            return $"this machine's WireGuard is {(network.KernelWireGuard ? "the kernel's" : "wireguard-go")}";
        var scene = new Scene(network);
        if (scenario.Prepare is not null)
            await scenario.Prepare(scene, ct);
        if (scenario.Traffic != Traffic.None && await Proof.HealthyAsync(scene, ct) is { } ill)
            return ill;
        await TrafficGenerator.StartAsync(scene, scenario.Traffic, ct);
        if (scenario.InjectAsync is not null)
            await scenario.InjectAsync(scene, ct);
        if (scenario.SettleSeconds > 0)
            await Task.Delay(TimeSpan.FromSeconds(scenario.SettleSeconds), ct);
        var proof = Proof.HurtsAsync(scene, scenario, scenario.ObserveSeconds, ct);
        var facts = FactsAsync(scene, scenario, own, ct);
        var problem = await proof;
        await facts;
        if (problem is null && scenario.Code is null && scenario.Traffic != Traffic.None)
            problem = await Proof.HealthyAsync(scene, ct);
        return problem;
    }

    private Task FactsAsync(Scene scene, Scenario scenario, string own, CancellationToken ct) =>
        Recording.WriteAsync(scene.Network.Nodes, probe, own, scenario.ObserveSeconds, ct);
}
