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
        catch (Exception broken) when (broken is LabException or FormatException or InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // A scenario reads the output of tools; one that stumbles must not end the others.
            return broken.Message.Split('\n')[0];
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"not done after {Limit.TotalMinutes:0} minutes";
        }
    }

    private async Task<string?> PlayAsync(Cell cell, string folderOfCell, CancellationToken ct)
    {
        var scenario = cell.Scenario;
        await using var network = await PlannedNetwork.StartAsync(LayoutCatalogue.Plan(cell.Layout, cell.Family), ct);
        if (network.KernelWireGuard != cell.Kernel)
            return $"this machine's WireGuard is {(network.KernelWireGuard ? "the kernel's" : "wireguard-go")}";
        var scene = new Scene(network);
        var parts = PartsOf(scenario, scene);
        foreach (var (fault, view) in parts)
            await DoAsync(fault.Prepare, view, ct);
        if (!scenario.NeverUsed && await Proof.HealthyAsync(scene, Traffic.PodToPod, ct) is { } ill)
            return ill;
        foreach (var (fault, view) in parts)
            await TrafficGenerator.StartAsync(view, fault.Traffic, ct);
        foreach (var (fault, view) in parts)
            await DoAsync(fault.InjectAsync, view, ct);
        await Task.Delay(TimeSpan.FromSeconds(parts.Max(part => part.Fault.SettleSeconds)), ct);
        var seconds = parts.Max(part => part.Fault.ObserveSeconds);
        var proofs = parts.Select(part => Proof.HurtsAsync(part.Scene, part.Fault, seconds, ct)).ToList();
        await Recording.WriteAsync(
            network.Nodes,
            probe,
            folderOfCell,
            seconds,
            ct,
            withPods: parts.Exists(part => part.Fault.ReadsPods),
            before: node => string.Join(' ', parts.Select(part => part.Fault.ProbeBehind?.Invoke(part.Scene, node))));
        await PublishAsync(parts, scene, folderOfCell, ct);
        var problem = (await Task.WhenAll(proofs)).FirstOrDefault(text => text is not null);
        return problem ?? (scenario.Expected.Count == 0 ? await Proof.HealthyAsync(scene, scenario.Traffic, ct) : null);
    }

    // A combination plays all of its parts at once.
    private static List<(Scenario Fault, Scene Scene)> PartsOf(Scenario scenario, Scene scene) =>
        scenario.Parts.Count == 0 ? [(scenario, scene)] : [.. scenario.Parts.Select(part => (part.Fault, part.Of(scene)))];

    private static async Task PublishAsync(List<(Scenario Fault, Scene Scene)> parts, Scene scene, string folder, CancellationToken ct)
    {
        if (!parts.Exists(part => part.Fault.Publishes is not null)) return;
        var cluster = new PublishedCluster(scene);
        foreach (var (fault, view) in parts)
            fault.Publishes?.Invoke(view, cluster);
        var facts = cluster.ToFacts(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(Path.Combine(folder, Recorded.ClusterFile), JsonSerializer.Serialize(facts, RecordedJsonContext.Default.ClusterFacts), ct);
    }

    private static Task DoAsync(Func<Scene, CancellationToken, Task>? step, Scene scene, CancellationToken ct) =>
        step is null ? Task.CompletedTask : step(scene, ct);
}
