// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>
/// Signal: test datagrams beside the tunnel arrive up to a rate and are lost above it, in two runs at the same step.
/// Threshold: less than 1 % lost below, more than that above, and what arrives stays within a quarter of one rate.
/// Traps: the node's own queues (WG-QDISC-DROP) lose above a rate as well and explain it; loss at every rate is WG-PATH-LOSS; without a test nothing is said.
/// </summary>
internal sealed class RateLimitRule : IRule
{
    private const double Clean = 0.01;
    private const double Same = 1.25;
    private const int EnoughSent = 50;

    public RuleDescriptor Descriptor { get; } = new("WG-UDP-RATE-LIMIT", Layer.Performance, Severity.Error, "The network limits the rate of UDP")
    {
        Precedence = Rules.Precedence.Performance + 3,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-QDISC-DROP"],
        Explanation = "A provider, a NAT or a cloud's allowance passes UDP up to a rate and drops the rest. TCP outside the tunnel is faster than inside, and no counter of the nodes shows the loss.",
        FalsifiedBy = "Test datagrams at twice the rate arrive, or the loss is the same at a tenth of it.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        from test in Safe.List(node.Facts.RateTests)
        where PublicKeys.Canonical(test.PeerKey) is not null
        from device in node.Devices
        where device.RawName == test.Device
        let tunnel = device.PeerByKey(PublicKeys.Canonical(test.PeerKey)!)
        where tunnel is not null
        let rounds = Safe.List(test.Steps).Where(step => step.Sent >= EnoughSent).GroupBy(step => step.Round).Select(Limit).ToList()
        where rounds.Count >= 2 && rounds.TrueForAll(limit => limit is not null) && rounds.Max() <= rounds.Min() * Same
        select Build(tunnel, test, rounds.Min()!.Value);

    // What arrives above the step, in kbit/s: the same at every step, and more than the last clean one; null without such an edge.
    private static double? Limit(IEnumerable<RateStep> steps)
    {
        var ordered = steps.OrderBy(step => step.KilobitsPerSecond).ToList();
        var clean = ordered.TakeWhile(step => step.Arrived >= step.Sent * (1 - Clean)).ToList();
        var lossy = ordered.Skip(clean.Count).ToList();
        if (clean.Count == 0 || lossy.Count == 0 || lossy.Exists(step => step.Arrived >= step.Sent * (1 - Clean))) return null;
        var passed = lossy.Select(step => step.KilobitsPerSecond * (double)step.Arrived / step.Sent).ToList();
        return passed.Max() <= passed.Min() * Same && passed.Max() * Same >= clean[^1].KilobitsPerSecond ? passed.Min() : null;
    }

    private RuleFinding Build(PeerView tunnel, RateTestFact test, double limit)
    {
        var device = tunnel.Device;
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Between {device.Node.Name} and {tunnel.RemoteName} about {limit / 1000:0.#} Mbit/s of UDP arrive, however much is sent.",
            Confidence = 0.88,
            Entry = tunnel,
            Family = tunnel.Endpoint?.Address.Family,
        };
        foreach (var step in Safe.List(test.Steps).Take(12))
            draft.Evidence(device, $"test datagrams of {step.Size} bytes at {step.KilobitsPerSecond} kbit/s", $"{step.Arrived} of {step.Sent} arrived", null, "probe");
        return draft.Affects(tunnel, TunnelState.Degraded).Build();
    }
}
