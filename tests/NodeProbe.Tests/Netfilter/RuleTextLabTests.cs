// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>Compares the text of rules with what <c>nft -a list ruleset</c> prints, rule by rule.</summary>
[Trait("Category", "Lab")]
public sealed class RuleTextLabTests(ITestOutputHelper output)
{
    public static TheoryData<string> Rulesets => [.. NftFixtures.Names];

    [SkippableTheory]
    [MemberData(nameof(Rulesets))]
    public void Text_OfEveryRule_IsThatOfNft(string name)
    {
        NfTablesLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        NftFixtures.Load(lab, name);
        var fact = NfTablesLab.Read(lab).Value.ShouldNotBeNull();
        var links = lab.Run(() => System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces())
            .ToDictionary(link => (uint)NftFixtures.IndexOf(lab, link.Name), link => link.Name);
        var expected = NftListing.Rules(lab.Shell("nft -a list ruleset"));
        var actual = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in fact.Tables)
        {
            foreach (var rule in table.Chains.SelectMany(chain => chain.Rules))
                actual[$"{NftListing.FamilyOf(table.Family)} {table.Name} {rule.Handle}"] = RuleText.Of(table, rule, linkName: index => links.GetValueOrDefault(index));
        }

        var different = expected.Where(pair => actual.GetValueOrDefault(pair.Key) != pair.Value).ToList();
        foreach (var (key, text) in different) output.WriteLine($"{key}\n  nft  {text}\n  ours {actual.GetValueOrDefault(key)}");
        output.WriteLine($"{name}: {expected.Count - different.Count} of {expected.Count} rule texts identical");
        different.Select(pair => pair.Value).Where(text => !NftFixtures.KnownDifferences.ContainsKey(text)).ShouldBeEmpty();
    }
}
