// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.NodeProbe.Agent;

namespace KubeWgDiag.Scale.Mesh;

/// <summary>
/// The answer of every node, made before the clock starts: what the probes cost is measured elsewhere. Made by the probe's own code: its engine's local
/// report, its cuts, its status.
/// </summary>
internal sealed class PreparedStatuses
{
    private readonly NodeProbeStatus[] _statuses;

    private PreparedStatuses(NodeProbeStatus[] statuses) => _statuses = statuses;

    /// <summary>Makes all of them.</summary>
    public static PreparedStatuses Make(MeshPlan plan, CancellationToken ct)
    {
        var statuses = new NodeProbeStatus[plan.Count];
        Parallel.For(0, plan.Count, new ParallelOptions { CancellationToken = ct, MaxDegreeOfParallelism = Environment.ProcessorCount }, node =>
        {
            var facts = plan.AsSent(node);
            var report = DiagnosisEngine.Diagnose(new DiagnosisInput([facts], new Thresholds()));
            statuses[node] = StatusBuilder.Complete(new NodeProbeStatus { Phase = NodeProbePhase.Running, ProbeVersion = "scale" }, facts.At, facts, report).Status;
        });
        return new PreparedStatuses(statuses);
    }

    /// <summary>Size of the facts as JSON, in bytes.</summary>
    public int AverageFactsBytes => (int)_statuses.Average(status => JsonMarshal.GetRawUtf8Value(status.Facts!.Value).Length);

    /// <summary>The answer of a node to a run.</summary>
    public NodeProbeStatus Answer(int node, NodeProbeStatus started, DateTimeOffset end) =>
        _statuses[node] with { Run = started.Run, StartTime = started.StartTime, CompletionTime = end };
}
