// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Rules of iptables-nft keep most of their matches and targets in the xtables form: each of them is in the words of <c>iptables-nft-save</c>.</summary>
[Trait("Category", "Lab")]
public sealed class CompatLabTests
{
    [SkippableFact]
    public void NastyRules_OfIptablesNft_HaveTheWordsOfTheTool()
    {
        LegacyLab.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/iptables-nft"), "needs iptables-nft");
        using var lab = new LabNamespace();
        NastyRules.Install(lab, "nft");
        var reading = lab.Run(() => NetfilterReader.Read(new NetlinkSocketFactory(), TestDeadline.Far));
        reading.NotAvailable.ShouldBeNull();
        var fact = reading.Value.ShouldNotBeNull();
        fact.Gaps.ShouldBeEmpty();
        fact.Tables.ShouldAllBe(table => table.Backend == NetfilterBackend.NfTables);
        var compared = Compare(lab, fact, NetfilterFamily.Ipv4, "iptables-nft-save -c") + Compare(lab, fact, NetfilterFamily.Ipv6, "ip6tables-nft-save -c");
        compared.ShouldBeGreaterThan(180);
    }

    /// <summary>Rules are found by their counters, which are different for each rule of a family.</summary>
    private static int Compare(LabNamespace lab, NetfilterFact fact, NetfilterFamily family, string command)
    {
        var lines = LegacyLab.Saved(lab, command).Where(line => line[0] == '[' && !line.StartsWith("[0:0]", StringComparison.Ordinal)).ToDictionary(line => line[..line.IndexOf(']', StringComparison.Ordinal)]);
        var compared = 0;
        foreach (var rule in fact.Tables.Where(table => table.Family == family).SelectMany(table => table.Chains).SelectMany(chain => chain.Rules))
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"[{rule.Counter?.Packets ?? 0}:{rule.Counter?.Bytes ?? 0}");
            if (!lines.TryGetValue(key, out var line)) continue;
            foreach (var expression in rule.Expressions.Where(expression => expression.GetType().Name.StartsWith("Xt", StringComparison.Ordinal)))
            {
                if (expression is XtUnknownMatch { Name: "osf" or "rateest" } or XtUnknownTarget { Name: "HMARK" or "RATEEST" or "LED" }) continue;
                line.ShouldContain(XtRuleText.Expression(family, expression).ShouldNotBeNull());
                compared++;
            }
        }

        return compared;
    }
}
