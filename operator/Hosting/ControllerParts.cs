// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.Metrics;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Events;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Metrics;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Reconciling;
using KubeWgDiag.Operator.Reconciling.Networks;
using KubeWgDiag.Operator.Runs;
using Microsoft.Extensions.Logging;

namespace KubeWgDiag.Operator.Hosting;

/// <summary>Puts the controller together. Tests use it too, so that they try what runs.</summary>
internal static class ControllerParts
{
    /// <summary>A controller that has done nothing yet.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="cluster">What is known of the cluster.</param>
    /// <param name="settings">How probe pods are made.</param>
    /// <param name="options">Namespace and limits.</param>
    /// <param name="surroundings">Meters, log, clock, and who takes events.</param>
    /// <param name="engine">Judges facts; the engine when not given.</param>
    public static TunnelDiagnosisController Compose(
        IKubernetesClient client,
        IClusterView cluster,
        ProbeSettings settings,
        OperatorOptions options,
        (IMeterFactory Meters, ILoggerFactory Log, TimeProvider Time, IEventRecorder Events) surroundings,
        Func<DiagnosisInput, DiagnosisReport>? engine = null)
    {
        var (meters, log, time, events) = surroundings;
        var planner = new RunPlanner(options.Limits);
        var runMetrics = new RunMetrics(meters);
        var recent = new RecentWrites(time);
        var parts = new RunParts(
            new ProbePlacement(client, cluster, settings, options.Namespace, recent),
            new NodeQuestions(client, cluster, new AskPace(options.Limits.AsksPerSecond, time), recent),
            new Correlation(engine ?? DiagnosisEngine.Diagnose, time, log.CreateLogger<Correlation>()),
            new StatusWriter(client, runMetrics, time),
            new RunAnnouncer(events, runMetrics, time, log.CreateLogger<RunAnnouncer>()),
            recent);
        var steps = new DiagnosisSteps(new RunStep(cluster, planner, parts, new PathResolver(client, cluster), new NetworkResources(client, time), time), new RunSlots(cluster, planner, options.Limits, time), parts);
        return new TunnelDiagnosisController(client, cluster, planner, steps, new DiagnosisMetrics(meters), time);
    }
}
