// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>Pings that run until the network goes.</summary>
internal static class TrafficGenerator
{
    public static async Task StartAsync(Scene scene, Traffic traffic, CancellationToken ct)
    {
        var fromPod = new List<string>();
        var fromNode = new List<string>();
        if (traffic.HasFlag(Traffic.PodToPod))
            fromPod.AddRange(scene.Network.Nodes.Where(n => n != scene.A).Select(n => $"-i 0.5 {scene.Pod(n)}"));
        if (traffic.HasFlag(Traffic.Large))
            fromPod.Add($"-i 0.5 -s $(($(ip -o link show dev eth0 | sed 's/.* mtu \\([0-9]*\\).*/\\1/') - {scene.PingHeaders})) {scene.Pod(scene.B)}");
        if (traffic.HasFlag(Traffic.Busy))
            fromPod.Add($"-i 0.01 -s 1000 {scene.Pod(scene.B)}");
        if (traffic.HasFlag(Traffic.HostToPod))
            fromNode.Add($"-i 0.5 {scene.Pod(scene.B)}");
        if (traffic.HasFlag(Traffic.HostToHost))
            fromNode.Add($"-i 0.5 {scene.Tunnel(scene.B)}");
        await StartAsync(scene, scene.A.Pod, fromPod, ct);
        await StartAsync(scene, scene.A.Host, fromNode, ct);
        if (traffic.HasFlag(Traffic.Reverse))
            await StartAsync(scene, scene.B.Pod, [$"-i 0.5 {scene.Pod(scene.A)}"], ct);
    }

    // A ping ends when its socket fails for good (its address or device goes), so each is started again. The size is worked out anew
    // each time: /sys belongs to the node, so the pod's own MTU comes from `ip`.
    private static async Task StartAsync(Scene scene, NamespaceEntry where, List<string> pings, CancellationToken ct)
    {
        if (pings.Count == 0)
            return;
        var loops = pings.Select(ping => $"(while :; do ping -q -n -w 600 {ping}; sleep 1; done >/dev/null 2>&1) &");
        await scene.StartAsync(where, $"{string.Join(' ', loops)} wait", ct);
    }
}
