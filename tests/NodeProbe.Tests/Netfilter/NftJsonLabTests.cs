// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>Compares tables, chains, rules, sets and objects with <c>nft -j list ruleset</c>, field by field.</summary>
[Trait("Category", "Lab")]
public sealed class NftJsonLabTests
{
    public static TheoryData<string> Rulesets => [.. NftFixtures.Names];

    [SkippableTheory]
    [MemberData(nameof(Rulesets))]
    public void Read_ARuleset_IsThatOfNft(string name)
    {
        NfTablesLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        NftFixtures.Load(lab, name);
        var reading = NfTablesLab.Read(lab);
        var fact = reading.Value.ShouldNotBeNull();
        (reading.Unknown, reading.Interrupted, reading.Cut, fact.GenerationChanged).ShouldBe((0, false, null, false));
        fact.Gaps.ShouldBeEmpty();
        fact.Tables.SelectMany(t => t.Chains).SelectMany(c => c.Rules).SelectMany(r => r.Expressions).OfType<UnknownExpression>().ShouldBeEmpty();

        var nft = JsonNode.Parse(lab.Shell("nft -nn -j list ruleset 2>/dev/null"))!["nftables"]!.AsArray().OfType<JsonNode>().ToList();
        Of(nft, "table").Select(t => $"{t["family"]} {t["name"]} {t["handle"]}")
            .ShouldBe(fact.Tables.Select(t => $"{Family(t)} {t.Name} {t.Handle}"), ignoreOrder: true);
        Of(nft, "chain").Select(Chain).ShouldBe(fact.Tables.SelectMany(t => Named(t).Select(c => Chain(t, c))), ignoreOrder: true);
        Of(nft, "rule").Select(r => $"{r["family"]} {r["table"]} {r["chain"]} {r["handle"]} {r["comment"]} {Counter(r)}")
            .ShouldBe(fact.Tables.SelectMany(t => Named(t).SelectMany(c => c.Rules.Select(r =>
                $"{Family(t)} {t.Name} {c.Name} {r.Handle} {r.Comment} {(r.Counter is { } n ? $"{n.Packets}/{n.Bytes}" : null)}"))));
        Of(nft, "set").Concat(Of(nft, "map")).Select(Set)
            .ShouldBe(fact.Tables.SelectMany(t => t.Sets.Where(s => !s.Anonymous).Select(s => Set(t, s))), ignoreOrder: true);
        string[] kinds = ["counter", "quota", "limit", "ct helper", "ct timeout", "ct expectation", "synproxy"];
        kinds.SelectMany(kind => Of(nft, kind)).Select(o => $"{o["family"]} {o["table"]} {o["name"]} {o["handle"]}")
            .ShouldBe(fact.Tables.SelectMany(t => (t.Objects ?? []).Select(o => $"{Family(t)} {t.Name} {o.Name} {o.Handle}")), ignoreOrder: true);
    }

    [SkippableFact]
    public void Read_AnEmptyNamespace_HasNoTables()
    {
        NfTablesLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        var fact = NfTablesLab.Read(lab).Value.ShouldNotBeNull();
        fact.Tables.ShouldBeEmpty();
        fact.Generation.ShouldNotBeNull();
    }

    private static IEnumerable<JsonNode> Of(IEnumerable<JsonNode> nft, string kind) => nft.Select(node => node[kind]).OfType<JsonNode>();

    private static string Family(NetfilterTable table) => NftListing.FamilyOf(table.Family);

    [SkippableFact]
    public void Read_ChainsOfDevices_NameThem()
    {
        NfTablesLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        NftFixtures.Load(lab, "nasty");
        var chains = NfTablesLab.Read(lab).Value.ShouldNotBeNull().Tables.SelectMany(t => t.Chains).Where(c => c.Devices is not null);
        chains.Select(c => $"{c.Name} {c.Hook} {string.Join(',', c.Devices!.Order(StringComparer.Ordinal))}")
            .ShouldBe(["ing Ingress nft0", "ing Ingress nft0,nft1", "eg Egress nft0"], ignoreOrder: true);
    }

    // The JSON of nft 1.0.6 has neither chains inside of rules nor the devices of a chain; its text has both.
    private static IEnumerable<NetfilterChain> Named(NetfilterTable table) => table.Chains.Where(chain => !chain.Anonymous);

    private static string Chain(JsonNode c) => $"{c["family"]} {c["table"]} {c["name"]} {c["handle"]} {c["type"]} {c["hook"]} {c["prio"]} {c["policy"]}";

    private static string Chain(NetfilterTable t, NetfilterChain c) =>
        $"{Family(t)} {t.Name} {c.Name} {c.Handle} {c.Type} {c.Hook?.ToString().ToLowerInvariant()} {(c.Hook is null ? null : c.Priority)} " +
        $"{c.Policy?.ToString().ToLowerInvariant()}";

    private static string? Counter(JsonNode rule)
    {
        var counter = rule["expr"]!.AsArray().OfType<JsonObject>().Select(e => e["counter"]).OfType<JsonObject>().FirstOrDefault(c => c.ContainsKey("packets"));
        return counter is null ? null : $"{counter["packets"]}/{counter["bytes"]}";
    }

    // nft 1.0.6 leaves "dynamic" out of its JSON where there is a timeout; its text, which another test compares by rule, has it.
    private static string Set(JsonNode s)
    {
        var flags = s["flags"] is JsonArray several ? several.Select(f => f!.ToString()).ToHashSet() : [];
        return $"{s["family"]} {s["table"]} {s["name"]} {s["handle"]} {flags.Contains("interval")} {flags.Contains("timeout")} " +
            $"timeout {s["timeout"]} size {s["size"]} gc {s["gc-interval"]} {s["comment"]} elements {s["elem"]?.AsArray().Count ?? 0}";
    }

    private static string Set(NetfilterTable t, NetfilterSet s) =>
        $"{Family(t)} {t.Name} {s.Name} {s.Handle} {s.Interval} {s.Timeout} timeout {s.TimeoutMs / 1000} size {s.Size} gc {s.GcIntervalMs / 1000} " +
        $"{s.Comment} elements {s.Elements.Count}";
}
