// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>Every simulated node that is ready renews its lease and its heartbeat in turn, evenly over the period.</summary>
internal sealed class Heartbeats(ClusterObjects objects, SimulatedNodes nodes, TimeSpan period)
{
    private const string Namespace = "kube-node-lease";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken ct)
    {
        double due = 0;
        int next = 0;
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(Tick, objects.Time, ct);
            for (due += nodes.Names.Count * (Tick / period); due >= 1; due--)
                Beat(nodes.Names[next++ % nodes.Names.Count]);
        }
    }

    private void Beat(string name)
    {
        if (nodes.Of(name) == NodeBehaviour.NotReady || objects.Find("nodes", "", name) is not { } node)
            return;
        objects.ChangeStatus("nodes", "", node, "kubelet", status => NodeMarks.Beat(status, objects.Time));
        objects.Renew(Namespace, name);
    }
}
