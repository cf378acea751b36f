// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Threading.Channels;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.NodeProbe.Agent;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>
/// Plays the probes of one diagnosis: sees every NodeProbe that asks for a run and writes what its node is to have read, as the probes' own field manager.
/// </summary>
internal sealed class PlayedProbes : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<NodeProbeObject> _questions = Channel.CreateUnbounded<NodeProbeObject>();
    private readonly ConcurrentDictionary<(string Node, string Run), string> _asked = new();
    private readonly StatusDelivery _delivery;
    private readonly Func<NodeProbeSpec, NodeFacts?> _answer;
    private readonly Task _work;

    /// <param name="client">Writes.</param>
    /// <param name="diagnosis">Whose probes.</param>
    /// <param name="answer">The facts for a question; null = this node stays silent.</param>
    public PlayedProbes(IKubernetesClient client, TunnelDiagnosis diagnosis, Func<NodeProbeSpec, NodeFacts?> answer)
    {
        _answer = answer;
        _delivery = new StatusDelivery(client, TimeProvider.System, Random.Shared.NextDouble, new AgentLog(TextWriter.Null, TimeProvider.System));
        var informer = new Informer<NodeProbeObject>(
            client, CrdTypes.NodeProbe, new() { LabelSelector = $"{CrdLabels.DiagnosisUid}={diagnosis.Metadata.Uid}" }, TimeProvider.System);
        informer.AddHandler(change =>
        {
            if (change.New is { Spec: { } spec, Metadata: { DeletionTimestamp: null, Uid: { } uid } } probe && _asked.TryAdd((spec.NodeName, spec.Run), uid))
                _questions.Writer.TryWrite(probe);
        });
        _work = Task.WhenAll(informer.RunAsync(_stop.Token), AnswerAsync());
    }

    /// <summary>Every question that was seen, once.</summary>
    public IReadOnlyCollection<(string Node, string Run)> Asked => [.. _asked.Keys];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        await foreach (var probe in _questions.Reader.ReadAllAsync(_stop.Token))
        {
            if (_answer(probe.Spec!) is not { } facts) continue;
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            var status = new NodeProbeStatus
            {
                Run = probe.Spec!.Run,
                Phase = NodeProbePhase.Complete,
                StartTime = now,
                CompletionTime = now,
                ProbeVersion = "played",
                Facts = StatusBuilder.ToJson(facts),
            };
            await _delivery.DeliverAsync(probe.Metadata.Name!, status, CancellationToken.None, _stop.Token);
        }
    }
}
