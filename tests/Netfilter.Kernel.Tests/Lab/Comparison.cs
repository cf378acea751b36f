// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>Evaluates packets, sends them, and says where the kernel and the evaluator differ.</summary>
internal sealed class Comparison(RouterLab lab)
{
    public int Cases { get; private set; }

    public int Undetermined { get; private set; }

    public int Accepted { get; private set; }

    public int Dropped { get; private set; }

    /// <summary>Rules whose counter was compared and had counted.</summary>
    public int CountedRules { get; private set; }

    /// <summary>What undetermined outcomes depended on, and how often.</summary>
    public Dictionary<string, int> Reasons { get; } = [];

    public List<string> Mismatches { get; } = [];

    /// <summary>Compares with the rule set that is loaded now.</summary>
    public void Run(string name, IReadOnlyList<TestPacket> packets, bool counters = true)
    {
        var fact = RulesetReader.Read(lab.Router);
        var evaluator = new NetfilterEvaluator(fact, lab.Environment, new EvaluationOptions { RecordCounters = true, MaxPaths = 2048 });
        var results = packets.Select(packet => evaluator.Evaluate(packet.Packet, packet.Path)).ToList();
        var arrivals = PacketRun.Send(lab, packets, results.Count(result => result.Verdict == FilterVerdict.Accepted));
        for (var i = 0; i < packets.Count; i++) Compare(name, packets[i], results[i], arrivals.GetValueOrDefault(packets[i].Number));
        if (counters) CompareCounters(name, results, fact, RulesetReader.Read(lab.Router));
    }

    private void Compare(string name, TestPacket packet, FilterResult result, Arrival? arrival)
    {
        Cases++;
        if (arrival is null) Dropped++;
        else Accepted++;
        if (result.Verdict == FilterVerdict.Undetermined)
        {
            Undetermined++;
            foreach (var reason in result.Undecided)
            {
                var text = $"{reason.Expression}: {reason.Missing}";
                Reasons[text] = Reasons.GetValueOrDefault(text) + 1;
            }
        }

        if (result.Undecided.Any(reason => reason.Missing.Contains("ways through", StringComparison.Ordinal))) return;
        if (!result.Alternatives.Any(alternative => alternative.Verdict == FilterVerdict.Undetermined || Agrees(alternative, arrival)))
        {
            Mismatches.Add($"{name}: {packet}\n   kernel: {arrival?.ToString() ?? "did not come through"}\n   evaluator: {Describe(result)}");
        }
    }

    private static string Describe(FilterResult result) =>
        $"{result.Verdict} by {result.Decision} {result.Answer}; alternatives: " + string.Join(
            " | ", result.Alternatives.Take(4).Select(a => $"{a.Verdict} {a.Packet.Source}:{a.Packet.SourcePort} > {a.Packet.Destination}:{a.Packet.DestinationPort} mark {a.Packet.Mark} [{string.Join(", ", a.Rewrites.Select(r => r.Kind + " " + r.To))}]")) +
        "\n   trace: " + string.Join("; ", result.Trace.Take(40).Select(step => $"{step.Hook} {step.Where} {step.What}")) +
        "\n   undecided: " + string.Join("; ", result.Undecided.Select(reason => $"{reason.Expression} ({reason.Missing}) in {reason.Rule}"));

    private static bool Agrees(FilterAlternative alternative, Arrival? arrival)
    {
        if (alternative.Verdict != FilterVerdict.Accepted) return arrival is null;
        if (arrival is null) return false;
        var packet = alternative.Packet;
        var unknownSource = alternative.Rewrites.Any(rewrite => rewrite.Kind is "snat" or "masquerade" or "netmap" or "connection" or "payload" or "snpt" && IsVague(rewrite));
        var unknownDestination = alternative.Rewrites.Any(rewrite => rewrite.Kind is "dnat" or "redirect" or "netmap" or "connection" or "payload" or "dnpt" && IsVague(rewrite));
        var hasPorts = packet.Protocol is 6 or 17;
        return (unknownSource || packet.Source == arrival.Source)
            && (unknownDestination || packet.Destination == arrival.Destination)
            && (!hasPorts || packet.SourcePort is null || packet.SourcePort == arrival.SourcePort)
            && (!hasPorts || packet.DestinationPort is null || packet.DestinationPort == arrival.DestinationPort)
            && (packet.Mark is null || arrival.Mark is null || packet.Mark == arrival.Mark)
            && (arrival.Device == 0 || packet.Output?.Index is null || packet.Output.Index == arrival.Device);
    }

    private static bool IsVague(PacketRewrite rewrite) => rewrite.To.Contains("unknown", StringComparison.Ordinal) || (rewrite.To.Contains('-', StringComparison.Ordinal) && !rewrite.To.Contains("port", StringComparison.Ordinal)) || rewrite.Kind == "payload";

    /// <summary>Each rule must have counted as often as the evaluator says, or within what it leaves open.</summary>
    private void CompareCounters(string name, List<FilterResult> results, NetfilterFact before, NetfilterFact after)
    {
        var bounds = new Dictionary<(string, ulong), (long Least, long Most)>();
        foreach (var result in results)
        {
            if (result.Undecided.Any(reason => reason.Missing.Contains("ways through", StringComparison.Ordinal))) return;
            var each = result.Alternatives.Select(alternative => alternative.Counted.GroupBy(Key).ToDictionary(group => group.Key, group => group.LongCount())).ToList();
            foreach (var key in each.SelectMany(counts => counts.Keys).Distinct())
            {
                var (least, most) = bounds.GetValueOrDefault(key);
                bounds[key] = (least + each.Min(counts => counts.GetValueOrDefault(key)), most + each.Max(counts => counts.GetValueOrDefault(key)));
            }
        }

        var start = before.Tables.SelectMany(table => table.Chains.SelectMany(chain => chain.Rules.Select(rule => new RuleReference(table, chain, rule))))
            .GroupBy(Key).ToDictionary(group => group.Key, group => group.First().Rule!.Counter?.Packets ?? 0);
        foreach (var table in after.Tables.Where(table => table.Name != RouterLab.GuardTable))
        {
            foreach (var chain in table.Chains)
            {
                foreach (var rule in chain.Rules)
                {
                    if (rule.Counter is not { } counter) continue;
                    var reference = new RuleReference(table, chain, rule);
                    var (least, most) = bounds.GetValueOrDefault(Key(reference));
                    var counted = (long)(counter.Packets - start.GetValueOrDefault(Key(reference)));
                    if (counted > 0) CountedRules++;
                    if (counted < least || counted > most) Mismatches.Add($"{name}: {reference} counted {counted}, the evaluator says {least} to {most}");
                }
            }
        }
    }

    private static (string, ulong) Key(RuleReference rule) => ($"{rule.Backend} {rule.Family} {rule.Table.Name} {rule.Chain.Name}", rule.Handle ?? 0);
}
