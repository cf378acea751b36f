// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Netfilter.Kernel.Tests.Generation;
using KubeWgDiag.Netfilter.Kernel.Tests.Lab;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using Xunit.Abstractions;

namespace KubeWgDiag.Netfilter.Kernel.Tests;

/// <summary>
/// Random rule sets and packets, the kernel's verdict against the evaluator's on the rule set as the probe reads it back. Rule counters tell
/// which rules matched. KUBEWGDIAG_EVALUATOR_RULESETS sets how many rule sets of each kind there are, KUBEWGDIAG_EVALUATOR_SEED the seed.
/// </summary>
[Trait("Category", "Lab")]
public sealed class RandomRulesetTests(ITestOutputHelper output)
{
    private const int PacketsPerRuleset = 60;

    private static int Rulesets => Setting("KUBEWGDIAG_EVALUATOR_RULESETS", 20);

    private static int Seed => Setting("KUBEWGDIAG_EVALUATOR_SEED", 20261);

    [SkippableFact]
    public Task Nft_RandomRulesets_KernelAgrees() => RunAsync("nft", (random, loader, i) => loader.Nft(new NftGenerator(random).Next(), RouterLab.Guard));

    [SkippableFact]
    public Task IptablesLegacy_RandomRulesets_KernelAgrees() => RunAsync("iptables-legacy", (random, loader, i) => Iptables(random, loader, "legacy"));

    [SkippableFact]
    public Task IptablesNft_RandomRulesets_KernelAgrees() => RunAsync("iptables-nft", (random, loader, i) => Iptables(random, loader, "nft"));

    [SkippableFact]
    public Task BothWorlds_RandomRulesets_KernelAgrees() => RunAsync("nft and iptables-legacy", (random, loader, i) =>
    {
        loader.Nft(new NftGenerator(random).Next(), RouterLab.Guard);
        Iptables(random, loader, "legacy");
    });

    private static void Iptables(Random random, Loader loader, string kind)
    {
        var generator = new IptablesGenerator(random);
        loader.Restore($"iptables-{kind}-restore", generator.Next(ipv4: true));
        loader.Restore($"ip6tables-{kind}-restore", generator.Next(ipv4: false));
    }

    private static int Setting(string name, int fallback) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private async Task RunAsync(string kind, Action<Random, Loader, int> load)
    {
        LabNamespace.SkipIfImpossible();
        output.WriteLine($"{kind}: seed {Seed}, {Rulesets} rule sets");
        using var lab = await RouterLab.CreateAsync(IptablesGenerator.IpSets);
        var loader = new Loader(lab.Router);
        var comparison = new Comparison(lab);
        for (var i = 0; i < Rulesets && comparison.Mismatches.Count < 10; i++)
        {
            var random = new Random(Seed + i);
            load(random, loader, i);
            var generator = new PacketGenerator(lab, random);
            var packets = Enumerable.Range(0, PacketsPerRuleset).Select(_ => generator.Next()).ToList();
            lab.Connect(generator.Connections);
            var before = comparison.Mismatches.Count;
            comparison.Run($"{kind} seed {Seed + i}", packets);
            if (before == 0 && comparison.Mismatches.Count > 0) output.WriteLine(lab.Router.Shell("nft -a list ruleset; iptables-legacy-save -c; ip6tables-legacy-save -c"));
        }

        output.WriteLine(
            $"{comparison.Cases} cases: {comparison.Accepted} came through, {comparison.Dropped} did not; {comparison.Undetermined} undetermined ({100.0 * comparison.Undetermined / comparison.Cases:0.0} %); " +
            $"{comparison.CountedRules} rules counted; {comparison.Mismatches.Count} differences");
        foreach (var (reason, count) in comparison.Reasons.OrderByDescending(pair => pair.Value)) output.WriteLine($"  undetermined {count}: {reason}");
        foreach (var (line, why) in loader.Refused.Take(40)) output.WriteLine($"  refused: {line}\n     {why.Replace('\n', ' ')}");
        comparison.Mismatches.ShouldBeEmpty(string.Join("\n\n", comparison.Mismatches));
        comparison.Cases.ShouldBe(Rulesets * PacketsPerRuleset);
    }
}
