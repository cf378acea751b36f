// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Informers;
using NodeProbeObject = KubeWgDiag.Crds.NodeProbes.NodeProbe;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Follows this node's NodeProbes of one diagnosis with an informer.</summary>
public sealed class InformerFeed(IKubernetesClient client, AgentContext context) : INodeProbeFeed
{
    /// <inheritdoc/>
    public Task RunAsync(RunInbox inbox, CancellationToken ct)
    {
        var informer = new Informer<NodeProbeObject>(client, CrdTypes.NodeProbe, Options(), context.Time);
        informer.AddHandler(change =>
        {
            if (change.New is { } probe) inbox.Upsert(probe);
            else inbox.Remove(change.Key.Name);
        });
        return informer.RunAsync(ct);
    }

    private InformerOptions<NodeProbeObject> Options() => new()
    {
        LabelSelector = $"{CrdLabels.DiagnosisUid}={context.Settings.DiagnosisUid}",
        FieldSelector = $"spec.nodeName={context.Settings.NodeName}",
        // The facts in there are this probe's own and large.
        Transform = static probe => probe.Status is null ? probe : probe with { Status = probe.Status with { Facts = null, Findings = null } },
        Jitter = context.Jitter,
        Log = context.Log.OfClient,
    };
}
