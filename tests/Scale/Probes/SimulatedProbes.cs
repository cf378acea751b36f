// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.Scale.Mesh;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.Scale.Probes;

/// <summary>
/// Plays the probes of many nodes on the wire: says Running, waits as long as a probe observes, says what it found. It writes with the probe's own delivery;
/// the one thing shared is the watch, since this machine cannot hold thousands of connections beside everything else.
/// </summary>
internal sealed class SimulatedProbes(IReadOnlyList<IKubernetesClient> clients, PreparedStatuses statuses, Func<int, bool> plays, Timeline timeline, AgentLog log)
{
    private readonly ConcurrentDictionary<string, bool> _answering = new(StringComparer.Ordinal);
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly StatusDelivery[] _deliveries = [.. clients.Select(client => new StatusDelivery(client, TimeProvider.System, SystemJitter.Next, log))];

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken ct)
    {
        var informer = new Informer<NodeProbeObject>(clients[0], CrdTypes.NodeProbe, Options(), _time);
        informer.AddHandler(change =>
        {
            if (change.New is { Spec: { } spec } probe && MeshPlan.Number(spec.NodeName) is >= 0 and var node && plays(node) && _answering.TryAdd($"{probe.Metadata.Uid}/{spec.Run}", true))
                _ = Task.Run(() => AnswerAsync(probe, node, ct), ct);
        });
        return informer.RunAsync(ct);
    }

    private async Task AnswerAsync(NodeProbeObject probe, int node, CancellationToken ct)
    {
        timeline.Mark(Milestone.Asked);
        var delivery = _deliveries[node % _deliveries.Length];
        var started = new NodeProbeStatus { Run = probe.Spec!.Run, Phase = NodeProbePhase.Running, StartTime = Now(), ProbeVersion = "scale" };
        var observation = Task.Delay(TimeSpan.FromSeconds(probe.Spec.ObservationSeconds), _time, ct);
        await delivery.DeliverAsync(probe.Metadata.Name!, started, CancellationToken.None, ct);
        timeline.Mark(Milestone.Running);
        await observation;
        await delivery.DeliverAsync(probe.Metadata.Name!, statuses.Answer(node, started, Now()), CancellationToken.None, ct);
        timeline.Mark(Milestone.Answered);
    }

    private static InformerOptions<NodeProbeObject> Options() => new()
    {
        LabelSelector = $"{CrdLabels.ManagedBy}={CrdLabels.ManagedByValue}",
        Transform = static probe => probe with { Status = null },
    };

    /// <summary>Whole seconds, as the probe writes times.</summary>
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
}
