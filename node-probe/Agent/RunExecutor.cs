// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Text;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Carries out one run: checks what is asked for, reads the node, judges it alone, and makes the status of it.</summary>
public sealed class RunExecutor(IFactsCollector collector, AgentSettings settings, TimeProvider time, string probeVersion)
{
    /// <summary>Bounds of the schema, held here as well: the resource is not trusted.</summary>
    public const int LeastObservationSeconds = 2;

    /// <inheritdoc cref="LeastObservationSeconds"/>
    public const int GreatestObservationSeconds = 120;

    /// <summary>What reading may take beside the observation before it counts as hung.</summary>
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(60);

    /// <summary>The status that says that this run has begun.</summary>
    public NodeProbeStatus Start(RunRequest request) => new()
    {
        Run = request.Spec.Run,
        Phase = NodeProbePhase.Running,
        StartTime = Now(),
        ProbeVersion = PlainText.OneLine(probeVersion, StatusBuilder.MaxVersion),
    };

    /// <summary>Reads and judges. Only cancellation of the request leaves as an exception; every failure is a result.</summary>
    public async Task<RunResult> ExecuteAsync(RunRequest request, NodeProbeStatus started)
    {
        var ct = request.Superseded;
        if (!NameFilter.TryCreate(request.Spec.Interfaces, out var filter, out var problem)) return Fail(started, problem);
        var observation = TimeSpan.FromSeconds(Math.Clamp(request.Spec.ObservationSeconds, LeastObservationSeconds, GreatestObservationSeconds));
        var paths = AskedPaths.From(request.Spec.Paths);
        var order = new CollectionRequest
        {
            NodeName = settings.NodeName,
            Observation = observation,
            DeviceFilter = filter.Matches,
            KeepRuleSets = false,
            PathQuestions = paths,
            Paths = AskedPaths.Pairs(paths),
        };
        using var limit = new CancellationTokenSource(observation + Allowance, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            var facts = await collector.CollectAsync(order, either.Token);
            var input = new DiagnosisInput([facts], AgentThresholds.From(request.Spec.Thresholds));
            var report = DiagnosisEngine.Diagnose(input);
            Heap.Trim();
            return StatusBuilder.Complete(started, Now(), facts, report, input.Thresholds);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Fail(started, $"reading the node did not end within {ShortForms.Seconds((observation + Allowance).TotalSeconds)}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The agent has to answer whatever happens inside: a silent node is the worst answer.
            return Fail(started, $"the probe failed: {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>What to say instead of a status that the API server refused.</summary>
    public NodeProbeStatus Refused(NodeProbeStatus refused) =>
        StatusBuilder.Failed(refused, Now(), "the API server refused the full status as invalid; the versions of the probe and of the CRDs may differ");

    private RunResult Fail(NodeProbeStatus started, string message)
    {
        var status = StatusBuilder.Failed(started, Now(), message);
        return new RunResult(status, "failed: " + status.Message);
    }

    /// <summary>Whole seconds, as Kubernetes writes times.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
}

/// <summary>A run's last status and a line about it.</summary>
/// <param name="Status">What goes to the API server.</param>
/// <param name="LogLine">What goes to the log; no keys.</param>
public sealed record RunResult(NodeProbeStatus Status, string LogLine);
