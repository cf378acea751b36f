// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Netfilter.Kernel.Tests.Generation;
using KubeWgDiag.Netfilter.Kernel.Tests.Lab;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using Xunit.Abstractions;

namespace KubeWgDiag.Netfilter.Kernel.Tests;

/// <summary>The lab itself: without rules everything comes through, as the evaluator says.</summary>
[Trait("Category", "Lab")]
public sealed class SmokeTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task NoRules_EverythingComesThrough()
    {
        LabNamespace.SkipIfImpossible();
        using var lab = await RouterLab.CreateAsync();
        var generator = new PacketGenerator(lab, new Random(1));
        var packets = Enumerable.Range(0, 200).Select(_ => generator.Next(withConnections: false)).ToList();
        var comparison = new Comparison(lab);
        comparison.Run("no rules", packets);
        output.WriteLine($"{comparison.Cases} cases, {comparison.Accepted} came through");
        comparison.Mismatches.ShouldBeEmpty();
        comparison.Accepted.ShouldBe(200);
    }
}
