// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>Shows by other means than the probe that the network is healthy, or that the fault is really there.</summary>
internal static class Proof
{
    private static readonly TimeSpan HealthyLimit = TimeSpan.FromSeconds(40);

    /// <summary>Waits until what should answer answers; says what does not.</summary>
    public static async Task<string?> HealthyAsync(Scene scene, Traffic traffic, CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        var ways = new List<(LabNode From, bool Pod, string To)>();
        if ((traffic & (Traffic.PodToPod | Traffic.Busy | Traffic.Large)) != Traffic.None)
            ways.AddRange(Pairs(scene).Select(pair => (pair.From, true, scene.Pod(pair.To))));
        if (traffic.HasFlag(Traffic.HostToPod))
            ways.Add((scene.A, false, scene.Pod(scene.B)));
        if (traffic.HasFlag(Traffic.HostToHost))
            ways.Add((scene.A, false, scene.Tunnel(scene.B)));
        foreach (var (from, pod, to) in ways)
        {
            while (!await scene.PingAsync(from, pod, to, ct, count: 1))
            {
                if (clock.Elapsed > HealthyLimit)
                    return $"not healthy: {to} does not answer {(pod ? "the pod of " : "")}{from.Name}";
                await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
            }
        }

        return null;
    }

    /// <summary>Says what does not hurt although the scenario claims it; null when everything is as it says.</summary>
    public static async Task<string?> HurtsAsync(Scene scene, Scenario scenario, int seconds, CancellationToken ct)
    {
        var hurt = scene.V6 ? scenario.HurtsV6 ?? scenario.Hurts : scenario.Hurts;
        var count = Math.Max(3, seconds - 2);
        var problem = hurt switch
        {
            Hurt.PodToPod => Lost(await AnsweredAsync(scene.A, true, scene.Pod(scene.B), count, null, ct), "pod to pod"),
            Hurt.Reverse => Lost(await AnsweredAsync(scene.B, true, scene.Pod(scene.A), count, null, ct), "B's pod to A's pod"),
            Hurt.HostToPod => Passed(await AnsweredAsync(scene.A, true, scene.Pod(scene.B), 3, null, ct), "pod to pod")
                ?? Lost(await AnsweredAsync(scene.A, false, scene.Pod(scene.B), count, null, ct), "host to pod"),
            Hurt.HostToHost => Lost(await AnsweredAsync(scene.A, false, scene.Tunnel(scene.B), count, null, ct), "host to host"),
            Hurt.Large => Passed(await AnsweredAsync(scene.A, true, scene.Pod(scene.B), 3, null, ct), "small packets")
                ?? Lost(await AnsweredAsync(scene.A, true, scene.Pod(scene.B), count, await PodMtuAsync(scene, ct) - scene.PingHeaders, ct), "large packets"),
            Hurt.Some => Some(await AnsweredAsync(scene.A, true, scene.Pod(scene.B), count * 5, null, ct), count * 5),
            _ => null,
        };
        if (problem is null && scenario.Effect is not null && !await scenario.Effect(scene, ct))
            problem = "the declared effect does not show";
        return problem is null ? null : $"the fault is not there: {problem}";
    }

    private static IEnumerable<(LabNode From, LabNode To)> Pairs(Scene scene) =>
        scene.C is null
            ? [(scene.A, scene.B), (scene.B, scene.A)]
            : [(scene.A, scene.B), (scene.A, scene.C), (scene.B, scene.C), (scene.B, scene.A)];

    private static async Task<int> PodMtuAsync(Scene scene, CancellationToken ct) => int.Parse(
        (await scene.DoPodAsync(scene.A, "ip -o link show dev eth0 | sed 's/.* mtu \\([0-9]*\\).*/\\1/'", ct)).Trim(), CultureInfo.InvariantCulture);

    private static async Task<int> AnsweredAsync(LabNode from, bool pod, string address, int count, int? payload, CancellationToken ct)
    {
        var size = payload is null ? "" : $"-s {payload} ";
        var interval = count > 15 ? "0.2" : "0.8";
        var line = $"ping -n -q -c {count} -i {interval} -W 1 {size}{address} | sed -n 's/.* \\([0-9]*\\) received.*/\\1/p'";
        var text = (await (pod ? from.RunInPodAsync(line, ct) : from.RunAsync(line, ct))).Output.Trim();
        return text.Length == 0 ? 0 : int.Parse(text, CultureInfo.InvariantCulture);
    }

    private static string? Lost(int answered, string what) => answered == 0 ? null : $"{what} got {answered} answers";

    private static string? Passed(int answered, string what) => answered > 0 ? null : $"{what} should pass and got no answer";

    private static string? Some(int answered, int sent) =>
        answered > 0 && answered < sent ? null : $"{answered} of {sent} packets were answered, some should be and some not";
}
