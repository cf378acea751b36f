// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>Compares what the readers say about a real namespace with what <c>ip -j</c> says.</summary>
[Trait("Category", "Lab")]
public sealed class IpCommandLabTests : IDisposable
{
    private static readonly Dictionary<string, string> TableNames = new() { ["main"] = "254", ["local"] = "255", ["default"] = "253" };
    private readonly Lazy<LabNamespace> _lab = new(() =>
    {
        var lab = new LabNamespace();
        lab.Shell($"sh '{Fixtures.PathOf("nasty-namespace.sh")}'");
        return lab;
    });

    public void Dispose()
    {
        if (_lab.IsValueCreated) _lab.Value.Dispose();
    }

    [SkippableFact]
    public async Task Links_OfARealNamespace_AreThoseOfIp()
    {
        var facts = await CollectAsync();
        var expected = Ip("-d link").Select(link => string.Join(
            ' ', Text(link, "ifindex"), Text(link, "ifname"), Text(link, "mtu"), Text(link, "operstate"), link["linkinfo"]?["info_kind"], Text(link, "master"),
            Has(link, "flags", "UP"), Has(link, "flags", "LOWER_UP"), Has(link, "flags", "LOOPBACK"), Has(link, "flags", "POINTOPOINT")));
        var names = facts.Links.Value.ShouldNotBeNull().ToDictionary(l => l.Index, l => l.Name);
        facts.Links.Value.Select(l => string.Join(
                ' ', l.Index, l.Name, l.Mtu, l.OperState, l.Kind, l.Master is { } master ? names[master] : null, l.Up, l.LowerUp, l.Loopback, l.PointToPoint))
            .ShouldBe(expected);
        facts.Links.Unknown.ShouldBe(0);
    }

    [SkippableFact]
    public async Task Links_PairIntoAnotherNamespace_SaysSo()
    {
        LabNamespace.SkipIfImpossible();
        using var other = new LabNamespace();
        _lab.Value.Shell($"exec 9<{other.Path}; ip link add x0 type veth peer name x1 netns /proc/self/fd/9");
        var link = (await CollectAsync()).Links.Value.ShouldNotBeNull().Single(l => l.Name == "x0");
        link.PeerInOtherNamespace.ShouldBeTrue();
        link.Peer.ShouldNotBeNull();
    }

    [SkippableFact]
    public async Task Addresses_OfARealNamespace_AreThoseOfIp()
    {
        var facts = await CollectAsync();
        var expected =
            from link in Ip("addr")
            from address in link["addr_info"]!.AsArray()
            select $"{Text(link, "ifindex")} {Text(address!, "local")}/{Text(address!, "prefixlen")}";
        facts.Addresses.Value.ShouldNotBeNull().Select(a => $"{a.Link} {a.Address}/{a.PrefixLength}").ShouldBe(expected, ignoreOrder: true);
        facts.Addresses.Unknown.ShouldBe(0);
    }

    [SkippableFact]
    public async Task Routes_OfAllTables_AreThoseOfIp()
    {
        var facts = await CollectAsync();
        var names = facts.Links.Value.ShouldNotBeNull().ToDictionary(l => l.Index, l => l.Name);
        // The one route that cannot be a fact is to ::ffff:0:0/96.
        var expected = Ip("-4 route show table all").Select(r => Route(r, IpFamily.IPv4))
            .Concat(Ip("-6 route show table all").Where(r => !Text(r, "dst").StartsWith("::ffff", StringComparison.Ordinal)).Select(r => Route(r, IpFamily.IPv6)))
            .Where(IsSettled);
        facts.Routes.Value.ShouldNotBeNull().Select(r => Route(r, names)).Where(IsSettled).ShouldBe(expected, ignoreOrder: true);
        facts.Routes.Unknown.ShouldBe(1);

        // The kernel adds routes of link-local addresses a second later, when it has checked that nobody else has them.
        static bool IsSettled(string route) => !route.StartsWith("fe80:", StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Rules_OfBothFamilies_AreThoseOfIp()
    {
        var facts = await CollectAsync();
        var expected = Ip("-4 rule").Select(r => Rule(r, IpFamily.IPv4)).Concat(Ip("-6 rule").Select(r => Rule(r, IpFamily.IPv6)));
        facts.Rules.Value.ShouldNotBeNull().Select(r =>
                $"{r.Family} {r.Priority} {r.Mark:x} {r.SuppressPrefixLength} {r.Invert} {r.From} {r.To} {r.InputInterface} {r.OutputInterface} {(r.Action == 1 ? r.Table : 0)}")
            .ShouldBe(expected);
    }

    [SkippableFact]
    public async Task Neighbours_OfARealNamespace_AreThoseOfIp()
    {
        var facts = await CollectAsync();
        var names = facts.Links.Value.ShouldNotBeNull().ToDictionary(l => l.Index, l => l.Name);
        // The kernel adds and drops multicast entries by itself while it joins groups.
        var expected = Ip("neigh show nud all").Where(n => !IpAddr.Parse(Text(n, "dst")).IsMulticast).Select(n => $"{Text(n, "dev")} {Text(n, "dst")} {n["state"]![0]}");
        facts.Neighbours.Value.ShouldNotBeNull().Where(n => !n.Address.IsMulticast).Select(n => $"{names[n.Link]} {n.Address} {n.State}").ShouldBe(expected, ignoreOrder: true);
    }

    [SkippableFact]
    public async Task Sysctls_OfARealNamespace_AreItsOwn()
    {
        LabNamespace.SkipIfImpossible();
        _lab.Value.Shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 2 > /proc/sys/net/ipv4/conf/eth0.100/rp_filter; echo 1 > /proc/sys/net/ipv6/conf/v0/disable_ipv6");
        var sysctls = (await CollectAsync()).Sysctls.Value.ShouldNotBeNull();
        sysctls["net.ipv4.ip_forward"].ShouldBe(1);
        sysctls["net.ipv4.conf.eth0/100.rp_filter"].ShouldBe(2);
        sysctls["net.ipv6.conf.v0.disable_ipv6"].ShouldBe(1);
        sysctls["net.ipv6.conf.v2.disable_ipv6"].ShouldBe(0);
    }

    private static string Route(JsonNode route, IpFamily family)
    {
        var destination = Text(route, "dst") == "default" ? IpPrefix.Default(family) : IpPrefix.Parse(Text(route, "dst"));
        var type = Text(route, "type") is { Length: > 0 } named ? named : "unicast";
        var table = Text(route, "table") is { Length: > 0 } other ? TableNames.GetValueOrDefault(other, other) : "254";
        IEnumerable<JsonNode?> nodes = route["nexthops"] is { } several ? several.AsArray() : new JsonNode?[] { route };
        var hops = nodes.OfType<JsonNode>().Where(hop => Text(hop, "dev").Length > 0)
            .Select(hop => $"{Text(hop, "dev")}>{Text(hop, "gateway")}{hop["via"]?["host"]}");
        var isDrop = type is "blackhole" or "unreachable" or "prohibit" or "throw";
        var metric = Text(route, "metric") is { Length: > 0 } number ? number : "0";
        return $"{destination} {table} {type} {metric} {Text(route, "prefsrc")} [{string.Join(',', isDrop ? [] : hops)}] {route["metrics"]?[0]?["mtu"]}";
    }

    private static string Route(RouteFact route, Dictionary<int, string> names)
    {
        var hops = string.Join(',', route.NextHops.Select(hop => $"{names[hop.Link]}>{hop.Gateway}"));
        return $"{route.Destination} {route.Table} {route.Type.ToString().ToLowerInvariant()} {route.Metric} {route.PreferredSource} [{hops}] {route.Mtu}";
    }

    private static string Rule(JsonNode rule, IpFamily family)
    {
        var mark = Text(rule, "fwmark") is { Length: > 2 } hex ? uint.Parse(hex[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString("x", CultureInfo.InvariantCulture) : null;
        var table = Text(rule, "table") is { Length: > 0 } name ? TableNames.GetValueOrDefault(name, name) : "0";
        return $"{family} {Text(rule, "priority")} {mark} {Text(rule, "suppress_prefixlen")} {rule.AsObject().ContainsKey("not")} " +
            $"{Prefix(rule, "src")} {Prefix(rule, "dst")} {Text(rule, "iif")} {Text(rule, "oif")} {table}";
    }

    private static string Prefix(JsonNode rule, string name) => Text(rule, name) is "all" or "" ? string.Empty : $"{Text(rule, name)}/{Text(rule, name + "len")}";

    private static string Text(JsonNode node, string name) => node[name]?.ToString() ?? string.Empty;

    private static bool Has(JsonNode node, string name, string word) => node[name]!.AsArray().Any(entry => entry!.ToString() == word);

    private IEnumerable<JsonNode> Ip(string arguments) =>
        JsonNode.Parse(_lab.Value.Shell($"ip -j {arguments}"))!.AsArray().OfType<JsonNode>().Where(node => node.AsObject().Count > 0);

    private async Task<NamespaceFacts> CollectAsync()
    {
        LabNamespace.SkipIfImpossible();
        var request = new CollectionRequest
        {
            NodeName = "lab",
            Observation = TimeSpan.Zero,
            NamespacePaths = [_lab.Value.Path],
            UapiDirectory = "/nonexistent",
            ReaderTimeout = TimeSpan.FromMinutes(1),
        };
        var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
        facts.Namespaces.Count.ShouldBe(2);
        return facts.Namespaces[1];
    }
}
