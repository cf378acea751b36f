// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Holds the reader, the decoders and the text against <c>iptables-legacy-save -c</c>.</summary>
[Trait("Category", "Lab")]
public sealed class LegacySaveLabTests
{
    /// <summary>Extensions that stay unknown on purpose: nothing of what they do decides a packet that can be told from its bytes.</summary>
    private static readonly string[] UnknownOnPurpose = ["-m osf", "-m rateest", "-j HMARK", "-j RATEEST", "-j LED"];

    [SkippableFact]
    public void NastyRules_OfBothFamilies_AreThoseOfTheTool()
    {
        LegacyLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        var refused = NastyRules.Install(lab, "legacy");
        var tables = LegacyLab.ReadTables(lab);
        tables.NotAvailable.ShouldBeNull();
        var compared = 0;
        foreach (var (family, command) in new[] { (NetfilterFamily.Ipv4, "iptables-legacy-save -c"), (NetfilterFamily.Ipv6, "ip6tables-legacy-save -c") })
        {
            var expected = LegacyLab.Saved(lab, command).Where(IsKnown).ToArray();
            var ours = LegacyLab.Lines(tables.Value.ShouldNotBeNull(), family).Where(IsKnown).ToArray();
            compared += expected.Length;
            Differences(ours, expected).ShouldBeEmpty();
        }

        refused.ShouldBe(KernelRefusals.Find(refused), "rules that this kernel should take were refused");
        compared.ShouldBeGreaterThan(400);
    }

    private static bool IsKnown(string line) => !UnknownOnPurpose.Any(word => line.Contains(word + " ", StringComparison.Ordinal));

    /// <summary>Tables come in the order of the kernel in our reading and in that of its list in the tool's; both lists are the same.</summary>
    private static string[] Differences(string[] ours, string[] expected) =>
        [.. expected.Except(ours).Select(line => "- " + line), .. ours.Except(expected).Select(line => "+ " + line), .. ours.SequenceEqual(expected) ? [] : new[] { "order" }];
}
