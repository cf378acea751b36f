// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Scale.Cluster;
using KubeWgDiag.Scale.Measuring;
using KubeWgDiag.Scale.Mesh;
using KubeWgDiag.Scale.Output;
using KubeWgDiag.Scale.Probes;

namespace KubeWgDiag.Scale;

/// <summary>One diagnosis over a cluster of a size: a fresh server, a fresh operator, simulated nodes; from apply to Complete, and away again.</summary>
internal sealed class ScaleRun(ScaleOptions options, int nodes)
{
    private const string Name = "scale";

    /// <summary>Clients of the simulated probes; each is one HTTP/2 connection or a few.</summary>
    private const int Connections = 8;

    /// <summary>The longest that a run may take here; more than the aim, so that a miss is a figure and not an error.</summary>
    private const int DeadlineSeconds = 600;

    private readonly MeshPlan _plan = new(nodes);
    private readonly Timeline _timeline = new();

    /// <summary>Measures.</summary>
    /// <exception cref="ScaleException">It could not be carried out.</exception>
    public async Task<ScaleFigures> RunAsync(CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Output, "bench-scale", nodes.ToString(CultureInfo.InvariantCulture))).FullName;
        Say($"{nodes} nodes in a full mesh, {_plan.Expected.Count} faults: preparing what their probes will say");
        var clock = Stopwatch.StartNew();
        var statuses = PreparedStatuses.Make(_plan, ct);
        Say($"prepared in {clock.Elapsed.TotalSeconds:0} s, facts of {statuses.AverageFactsBytes >> 10} KiB each; starting API server and operator");

        await using var server = await ServerProcess.StartAsync(options.Server, nodes, folder, ct);
        await using var operation = await OperatorProcess.StartAsync(options.Operator, server.Kubeconfig, folder, ct);
        await using var sampler = new ProcessSampler(operation.Id);
        await using var probes = new ProbeFleet(server.Kubeconfig, statuses, _plan, _timeline, Path.Combine(folder, "probes.log"));
        probes.Start(nodes, options.Agents, Connections);

        using var client = Clients.Make(server.Kubeconfig, new KubernetesClientOptions { UserAgent = "scale-person" });
        var before = (Cpu: sampler.CpuSeconds, Resident: sampler.ResidentBytes);
        using var statistics = new StatisticsClient(server.Kubeconfig);
        var askedBefore = await statistics.ReadAsync(ct);
        Say($"applying the diagnosis; the operator is at {before.Resident >> 20} MiB after {before.Cpu:0.0} s of processor time");
        var diagnosis = await ApplyAsync(client, ct);
        probes.StartAgents(diagnosis.Metadata.Uid!);
        diagnosis = await new DiagnosisWatch(client, Name, _timeline).WaitAsync(TimeSpan.FromSeconds(DeadlineSeconds + 30), ct);
        var elapsed = _timeline.Elapsed;
        Say($"complete after {elapsed.TotalSeconds:0.0} s; {_timeline.Describe()}");
        await File.WriteAllTextAsync(Path.Combine(folder, "metrics.txt"), await operation.MetricsAsync(ct), ct);
        var asked = (await statistics.ReadAsync(ct)).Since(askedBefore);
        await File.WriteAllBytesAsync(Path.Combine(folder, "statistics.json"), JsonSerializer.SerializeToUtf8Bytes(asked, ServerJson.Default.ServerStatistics), ct);
        var figures = new ScaleFigures
        {
            Nodes = nodes,
            CompleteSeconds = elapsed.TotalSeconds,
            OperatorCpuSeconds = sampler.CpuSeconds - before.Cpu,
            OperatorPeakResident = sampler.PeakResidentBytes,
            OperatorPeakAnonymous = sampler.PeakAnonymousBytes,
            Operator = AgentFigures.Of(asked, "kubewgdiag-operator", nodes),
            // The shared watch is not what a node costs; the whole agents have their own.
            Probes = AgentFigures.Of(asked, WholeAgents.UserAgent, Math.Min(options.Agents, nodes)),
            SimulatedWrites = asked.Sum(ProbeFleet.UserAgent, row => row.Writes) / Math.Max(1, nodes - options.Agents),
            Refused = asked.Rows.Sum(row => row.Refused),
            LargestObject = asked.LargestObject,
            ServerCpuSeconds = asked.CpuSeconds,
            VerdictFault = VerdictCheck.FaultOf(diagnosis, _plan),
        };
        Say(figures.VerdictFault is { } fault ? $"WRONG: {fault}" : "the verdict names exactly what was broken");
        return figures;
    }

    private async Task<TunnelDiagnosis> ApplyAsync(KubernetesClient client, CancellationToken ct)
    {
        var wanted = new TunnelDiagnosis
        {
            ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
            Kind = CrdTypes.TunnelDiagnosis.Kind,
            Metadata = new ObjectMeta { Name = Name },
            Spec = new TunnelDiagnosisSpec { ObservationSeconds = options.ObservationSeconds, DeadlineSeconds = DeadlineSeconds },
        };
        _timeline.Start();
        var applied = await client.ApplyAsync(CrdTypes.TunnelDiagnosis, wanted, "scale", ct);
        return applied.IsSuccess ? applied.Value : throw new ScaleException($"the diagnosis is refused: {applied.Error.Message}");
    }

    private void Say(string what) => Console.WriteLine($"{_timeline.Elapsed.TotalSeconds,6:0.0} s  {nodes} nodes: {what}");
}
