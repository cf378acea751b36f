// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

/// <summary>
/// Compares what the readers say about a table full of odd entries with what <c>conntrack</c> says, entry by entry and field by field. The tool's XML
/// has no ICMP fields and gives SCTP states TCP's names; for these its text is compared.
/// </summary>
[Trait("Category", "Lab")]
public sealed partial class ConntrackCommandLabTests : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow();
    private readonly Lazy<LabNamespace> _lab = new(ConntrackLab.Create);

    public void Dispose()
    {
        if (_lab.IsValueCreated) _lab.Value.Dispose();
    }

    [SkippableFact]
    public void Flows_OfANastyTable_AreThoseOfTheToolFieldByField()
    {
        ConntrackLab.SkipIfImpossible();
        var (flows, unknown) = ReadFlows();
        var ours = flows.Outer.Concat(flows.Inner).ToDictionary(flow => flow.Id.ShouldNotBeNull());
        var xml = XDocument.Parse(_lab.Value.Shell("conntrack -L -o xml,id,extended 2>/dev/null")).Root!.Elements("flow").ToDictionary(IdOf);
        // Entries of UDP may expire between the two readings, new ones do not come.
        xml.Keys.ShouldBeSubsetOf(ours.Keys);
        xml.Count.ShouldBeGreaterThan(230);
        (ours.Count - xml.Count).ShouldBeLessThan(10);
        foreach (var (id, flow) in xml)
        {
            Line(ours[id]).ShouldBe(Line(flow));
            Math.Abs((long)ours[id].TimeoutSeconds!.Value - long.Parse(Meta(flow, "independent").Element("timeout")!.Value, CultureInfo.InvariantCulture)).ShouldBeLessThan(30);
        }

        unknown.ShouldBe(0);
        ours.Values.ShouldAllBe(flow => flow.Started >= Begin.AddSeconds(-5) && flow.Started <= TimeProvider.System.GetUtcNow().AddSeconds(5));
    }

    [SkippableFact]
    public void Flows_OfIcmpAndSctp_AreThoseOfTheToolsText()
    {
        ConntrackLab.SkipIfImpossible();
        var (flows, _) = ReadFlows();
        var ours = flows.Inner.ToDictionary(flow => flow.Id!.Value);
        var compared = 0;
        foreach (var line in _lab.Value.Shell("conntrack -L -o id,extended 2>/dev/null").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ours.TryGetValue(uint.Parse(IdText().Match(line).Groups["id"].Value, CultureInfo.InvariantCulture), out var flow)) continue;
            var icmp = IcmpText().Matches(line).Select(match => new ConntrackIcmp((byte)Number(match, "type"), (byte)Number(match, "code"), Number(match, "id")));
            new[] { flow.Original.Icmp, flow.Reply.Icmp }.OfType<ConntrackIcmp>().ShouldBe(icmp);
            // ipv4     2 sctp     132 99 ESTABLISHED src=...
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            flow.State.ShouldBe(fields[5].Contains('=', StringComparison.Ordinal) ? null : fields[5]);
            compared++;
        }

        compared.ShouldBeGreaterThan(150);
        flows.Inner.Count(flow => flow.Original.Icmp is not null).ShouldBeGreaterThanOrEqualTo(52);
    }

    [SkippableFact]
    public void Counts_OfANastyTable_AreThoseOfTheToolsFlows()
    {
        ConntrackLab.SkipIfImpossible();
        var flows = ReadFlows().Flows;
        var kept = flows.Outer.Concat(flows.Inner).ToList();
        flows.Seen.ShouldBe(kept.Count);
        flows.Counts.ToLookup(c => (c.Family, c.Protocol, c.State, c.Unreplied), c => c.Entries).Select(g => (g.Key, g.Sum())).ShouldBe(
            kept.GroupBy(f => (f.Original.Source.Family, (byte?)f.Original.Protocol, f.State, !f.Status.HasFlag(ConntrackStatus.SeenReply))).Select(g => (g.Key, (long)g.Count())),
            ignoreOrder: true);
        flows.Counts.Where(c => c.Nat != ConntrackNat.None).Sum(c => c.Entries).ShouldBe(kept.Count(IsTranslated));
        flows.Zones.Values.Sum().ShouldBe(kept.Count(f => f.Zone != 0 || f.Original.Zone is not null || f.Reply.Zone is not null));

        static bool IsTranslated(ConntrackFlow flow) => (flow.Status & (ConntrackStatus.SourceNat | ConntrackStatus.DestinationNat)) != ConntrackStatus.None;
    }

    [SkippableFact]
    public void EndpointNat_OfATranslatedOuterFlow_IsWhatTheRuleDid()
    {
        ConntrackLab.SkipIfImpossible();
        var nat = ReadFlows().Flows.EndpointNat.ShouldHaveSingleItem();
        nat.Source.ToString().ShouldBe("192.0.2.1:51820");
        nat.SourceAfterNat.Address.ToString().ShouldBe("192.0.2.99");
        nat.SourceAfterNat.Port.ShouldBeInRange((ushort)40000, (ushort)50000);
        nat.Signs.ShouldBe([EndpointNatSign.Unreplied]);
        nat.Since.ShouldNotBeNull();
    }

    [SkippableFact]
    public void Labels_SetByARule_AreRead()
    {
        ConntrackLab.SkipIfImpossible();
        var flow = ReadFlows().Flows.Inner.Single(flow => flow.Original.DestinationPort == 7003);
        flow.Labels.ShouldBe("20"); // bit 5
        flow.Mark.ShouldBe(0xca6cu);
    }

    [SkippableFact]
    public void Statistics_OfARealNamespace_AreThoseOfTheTool()
    {
        ConntrackLab.SkipIfImpossible();
        // More of some numbers: an entry that is there already cannot be put in again.
        _lab.Value.Shell("conntrack -I -p udp -s 10.0.0.1 -d 10.1.0.1 --sport 1 --dport 2 -t 100 2>&1; ! conntrack -I -p udp -s 10.0.0.1 -d 10.1.0.1 --sport 1 --dport 2 -t 100 2>&1");
        var reading = _lab.Value.Run(() => ConntrackReader.Read("/proc", new NetlinkSocketFactory(), TestDeadline.Far));
        var fact = reading.Value.ShouldNotBeNull();
        reading.Unknown.ShouldBe(0);
        var lines = _lab.Value.Shell("conntrack -S").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', ' ')).ToList();
        foreach (var fields in lines)
        {
            var expected = fields.Where(f => f.Contains('=', StringComparison.Ordinal)).Select(f => f.Split('=')).ToDictionary(f => f[0], f => ulong.Parse(f[1], CultureInfo.InvariantCulture));
            var cpu = fact.Cpus.SingleOrDefault(c => c.Cpu == (int)expected["cpu"]);
            expected.Remove("cpu");
            if (cpu is null) expected.Values.ShouldAllBe(value => value == 0);
            else Numbers(cpu.Statistics).ShouldBe(expected, ignoreOrder: true);
        }

        Numbers(fact.Statistics.ShouldNotBeNull())["insert"].ShouldBeGreaterThan(200ul);
        fact.Entries.ShouldNotBeNull().ShouldBeGreaterThan(200);
        fact.MaxEntries.ShouldBe(long.Parse(File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_max"), CultureInfo.InvariantCulture));
        fact.Settings["nf_conntrack_acct"].ShouldBe(1);
        fact.Settings["nf_conntrack_udp_timeout"].ShouldBe(30);
        fact.Buckets.ShouldNotBeNull().ShouldBeGreaterThan(0);
    }

    private static ushort Number(Match match, string group) => ushort.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static Dictionary<string, ulong> Numbers(ConntrackStatistics s) => new[]
    {
        ("found", s.Found), ("invalid", s.Invalid), ("insert", s.Insert), ("insert_failed", s.InsertFailed), ("drop", s.Drop), ("early_drop", s.EarlyDrop),
        ("error", s.Error), ("search_restart", s.SearchRestart), ("clash_resolve", s.ClashResolve), ("chaintoolong", s.ChainTooLong),
    }.Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => pair.Item2!.Value.Value);

    private (ConntrackFlows Flows, int Unknown) ReadFlows()
    {
        var reading = _lab.Value.Run(() => ConntrackFlowReader.Read("/proc", new NetlinkSocketFactory(), [ConntrackLab.Everything], ConntrackLab.Unlimited, TestDeadline.Far));
        return (reading.Value.ShouldNotBeNull(), reading.Unknown);
    }

    private static uint IdOf(XElement flow) => uint.Parse(Meta(flow, "independent").Element("id")!.Value, CultureInfo.InvariantCulture);

    private static XElement Meta(XElement flow, string direction) => flow.Elements("meta").Single(meta => meta.Attribute("direction")!.Value == direction);

    private static string Line(XElement flow)
    {
        var rest = Meta(flow, "independent");
        var protocol = Meta(flow, "original").Element("layer4")!.Attribute("protonum")!.Value;
        // The tool takes the state of SCTP for one of TCP.
        var state = protocol == "132" ? string.Empty : rest.Element("state")?.Value;
        return $"{Tuple(Meta(flow, "original"))} | {Tuple(Meta(flow, "reply"))} | {protocol} {state} mark {rest.Element("mark")?.Value} zone {rest.Element("zone")?.Value}"
            + $" use {rest.Element("use")?.Value} assured {rest.Element("assured") is not null} unreplied {rest.Element("unreplied") is not null}"
            + $" helper {flow.Element("helper")?.Value}";
    }

    private static string Tuple(XElement meta)
    {
        var (three, four, counters) = (meta.Element("layer3")!, meta.Element("layer4")!, meta.Element("counters"));
        // Of DCCP kernels after 6.16 track no ports, and the tool prints zeros.
        if (four.Attribute("protonum")!.Value == "33" && four.Element("sport")?.Value == "0") four = new XElement("layer4");
        var source = four.Element("sport")?.Value ?? Hex(four.Element("srckey")?.Value);
        var destination = four.Element("dport")?.Value ?? Hex(four.Element("dstkey")?.Value);
        return $"{three.Element("src")!.Value} {source} {three.Element("dst")!.Value} {destination} zone {meta.Element("zone")?.Value}"
            + $" {counters?.Element("packets")?.Value}/{counters?.Element("bytes")?.Value}";

        static string? Hex(string? key) => key is null ? null : Convert.ToUInt16(key, 16).ToString(CultureInfo.InvariantCulture);
    }

    private static string Line(ConntrackFlow flow)
    {
        var state = flow.Original.Protocol == 132 ? string.Empty : flow.State;
        return $"{Tuple(flow.Original, flow.OriginalCounters)} | {Tuple(flow.Reply, flow.ReplyCounters)} | {flow.Original.Protocol} {state} mark {flow.Mark}"
            + $" zone {(flow.Zone == 0 ? null : flow.Zone)} use {flow.Use} assured {flow.Status.HasFlag(ConntrackStatus.Assured)}"
            + $" unreplied {!flow.Status.HasFlag(ConntrackStatus.SeenReply)} helper {flow.Helper}";
    }

    private static string Tuple(ConntrackTuple tuple, ConntrackCounters? counters) =>
        $"{tuple.Source} {tuple.SourcePort} {tuple.Destination} {tuple.DestinationPort} zone {tuple.Zone} {counters?.Packets}/{counters?.Bytes}";

    [GeneratedRegex(@"\bid=(?<id>\d+)$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IdText();

    [GeneratedRegex(@"type=(?<type>\d+) code=(?<code>\d+) id=(?<id>\d+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IcmpText();
}
