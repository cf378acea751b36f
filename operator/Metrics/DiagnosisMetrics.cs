// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Metrics;

/// <summary>
/// What the diagnoses say, as gauges: a picture of their statuses at the moment of the scrape. Bounded by the statuses' own bounds; a diagnosis
/// that is deleted takes its series with it.
/// </summary>
internal sealed class DiagnosisMetrics
{
    /// <summary>Name of the meter. Its provider reads with delta temporality (<see cref="OperatorTelemetry"/>).</summary>
    public const string MeterName = "KubeWgDiag.Diagnoses";

    private readonly ConcurrentDictionary<string, TunnelDiagnosis> _diagnoses = new(StringComparer.Ordinal);

    public DiagnosisMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("kubewgdiag.tunnels", Tunnels, "{tunnel}", "Directed tunnels of the current or last run by state.");
        meter.CreateObservableGauge("kubewgdiag.root_cause", RootCauses, null, "1 for each root cause of the current or last run.");
        meter.CreateObservableGauge("kubewgdiag.nodes.desired", () => Nodes(nodes => nodes.Desired), "{node}", "Nodes asked in the current or last run.");
        meter.CreateObservableGauge("kubewgdiag.nodes.reported", () => Nodes(nodes => nodes.Reported), "{node}", "Nodes that have reported in the current or last run.");
    }

    /// <summary>Takes the state of a diagnosis as it is stored.</summary>
    public void Observe(TunnelDiagnosis diagnosis) => _diagnoses[diagnosis.Metadata.Name!] = diagnosis;

    /// <summary>Ends the series of a diagnosis.</summary>
    public void Forget(string name) => _diagnoses.TryRemove(name, out _);

    private IEnumerable<Measurement<long>> Tunnels()
    {
        foreach (var (name, diagnosis) in _diagnoses)
        {
            if (diagnosis.Status?.Tunnels is not { } tunnels)
                continue;
            yield return Of(tunnels.Healthy, ("diagnosis", name), ("state", "healthy"));
            yield return Of(tunnels.Idle, ("diagnosis", name), ("state", "idle"));
            yield return Of(tunnels.Degraded, ("diagnosis", name), ("state", "degraded"));
            yield return Of(tunnels.Broken, ("diagnosis", name), ("state", "broken"));
            yield return Of(tunnels.Unknown, ("diagnosis", name), ("state", "unknown"));
        }
    }

    private IEnumerable<Measurement<long>> RootCauses()
    {
        foreach (var (name, diagnosis) in _diagnoses)
        {
            // Two causes with the same labels (two peers of one node) are one series.
            var series = (diagnosis.Status?.RootCauses ?? [])
                .SelectMany(cause => (cause.Nodes ?? [cause.Node]).Select(node => (cause.Code, Node: node, cause.Severity)))
                .Distinct();
            foreach (var (code, node, severity) in series)
                yield return Of(1, ("diagnosis", name), ("code", code), ("node", node), ("severity", severity.ToString()));
        }
    }

    private IEnumerable<Measurement<long>> Nodes(Func<NodeCounts, int> count)
    {
        foreach (var (name, diagnosis) in _diagnoses)
        {
            if (diagnosis.Status?.Nodes is { } nodes)
                yield return Of(count(nodes), ("diagnosis", name));
        }
    }

    private static Measurement<long> Of(long value, params ReadOnlySpan<(string Key, string Value)> labels)
    {
        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (var i = 0; i < labels.Length; i++)
            tags[i] = new(labels[i].Key, labels[i].Value);
        return new Measurement<long>(value, tags);
    }
}
