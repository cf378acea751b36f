// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Holds the readers against <c>ip -j -d</c>, record by record and field by field, in a namespace full of odd things.</summary>
[Trait("Category", "Lab")]
public sealed class IpDifferentialTests(IpDifferentialTests.Labs labs) : IClassFixture<IpDifferentialTests.Labs>
{
    [SkippableFact]
    public async Task Links_OfARealNamespace_AreThoseOfIp()
    {
        var before = LinkFields.Tool.Read(labs.Ip("-d link"));
        var facts = await labs.CollectAsync();
        var names = NamesOf(facts);
        facts.Links.Unknown.ShouldBe(0);
        var down = facts.Links.Value!.Where(link => !link.Up).Select(link => link.Index).ToHashSet();
        var ours = facts.Links.Value!.Select(link => LinkFields.Of(link, names, !link.PeerInOtherNamespace && link.Peer is { } peer && down.Contains(peer)));
        Agreement.Check(before, [.. ours], LinkFields.Tool.Read(labs.Ip("-d link")), atLeast: 70);
        facts.Links.Value!.Count(link => link.PeerInOtherNamespace).ShouldBe(5);
    }

    [SkippableFact]
    public async Task Addresses_OfARealNamespace_AreThoseOfIp()
    {
        var before = AddressFields.Read(labs.Ip("-d addr"));
        var facts = await labs.CollectAsync();
        facts.Addresses.Unknown.ShouldBe(0);
        Agreement.Check(before, [.. facts.Addresses.Value!.Select(AddressFields.Of)], AddressFields.Read(labs.Ip("-d addr")), atLeast: 80);
    }

    [SkippableFact]
    public async Task Routes_OfAllTables_AreThoseOfIp()
    {
        var before = Routes();
        var facts = await labs.CollectAsync();
        var names = NamesOf(facts);
        // The one route that cannot be a fact is to ::ffff:0:0/96; nobody else's was given up for a limit.
        facts.Routes.Unknown.ShouldBe(1);
        Agreement.Check(before, [.. facts.Routes.Value!.Select(route => RouteFields.Of(route, names))], Routes(), atLeast: 600);
        facts.Routes.Value!.Where(route => route.MetricLocks is not null).Select(route => (route.Destination.ToString(), route.MetricLocks))
            .ShouldBe([("10.244.1.0/24", 4u), ("10.30.0.0/24", 0x2080u), ("fd00:36::/64", 4u)], ignoreOrder: true); // cwnd, and rto_min by ip itself; locks are in no JSON

        IReadOnlyList<Fields> Routes() =>
        [
            .. RouteFields.Tool.Read(labs.Ip("-4 -d route show table all")).Select(WithoutTosOfEncapsulation),
            .. RouteFields.Tool.Read(labs.Ip("-6 -d route show table all")).Where(route => !route.Line.Contains("dst=::ffff:", StringComparison.Ordinal)),
        ];

        // "tos": 0 without hexadecimal is the encapsulation's.
        static Fields WithoutTosOfEncapsulation(Fields route) => route.Line.Contains("encap=ip ", StringComparison.Ordinal) ? route.Remove("tos") : route;
    }

    [SkippableFact]
    public async Task Rules_OfBothFamilies_AreThoseOfIp()
    {
        var before = Rules();
        var facts = await labs.CollectAsync();
        facts.Rules.Unknown.ShouldBe(0);
        Agreement.Check(before, [.. facts.Rules.Value!.Select(RuleFields.Of)], Rules(), atLeast: 80);

        IReadOnlyList<Fields> Rules() => [.. RuleFields.Tool.Read(labs.Ip("-4 -d rule")), .. RuleFields.Tool.Read(labs.Ip("-6 -d rule"))];
    }

    [SkippableFact]
    public async Task Neighbours_OfARealNamespace_AreThoseOfIp()
    {
        var before = Neighbours();
        var facts = await labs.CollectAsync();
        var names = NamesOf(facts);
        facts.Neighbours.Unknown.ShouldBe(0);
        Agreement.Check(before, [.. facts.Neighbours.Value!.Select(entry => NeighbourFields.Of(entry, names))], Neighbours(), atLeast: 150);

        IReadOnlyList<Fields> Neighbours() =>
            [.. NeighbourFields.Tool.Read(labs.Ip("-s neigh show nud all")), .. NeighbourFields.Tool.Read(labs.Ip("neigh show proxy"))];
    }

    private static Dictionary<int, string> NamesOf(NamespaceFacts facts) => facts.Links.Value.ShouldNotBeNull().ToDictionary(link => link.Index, link => link.Name);

    /// <summary>The namespace, made once for all tests.</summary>
    public sealed class Labs : IDisposable
    {
        private readonly Lazy<(LabNamespace Lab, LabNamespace Other)> _labs = new(() =>
        {
            var lab = new LabNamespace();
            var other = new LabNamespace();
            lab.Shell($"sh '{Fixtures.PathOf("nasty-namespace.sh")}'");
            lab.Shell($"ip -batch - <<'END'\n{ManyEntries.Batch()}END");
            lab.Shell($"exec 9<{other.Path}; for i in 1 2 3 4 5; do ip link add far$i type veth peer name near$i netns /proc/self/fd/9; done");
            return (lab, other);
        });

        public string Ip(string arguments)
        {
            LabNamespace.SkipIfImpossible();
            return _labs.Value.Lab.Shell($"ip -j {arguments}");
        }

        public async Task<NamespaceFacts> CollectAsync()
        {
            var request = new CollectionRequest
            {
                NodeName = "lab",
                Observation = TimeSpan.Zero,
                NamespacePaths = [_labs.Value.Lab.Path],
                UapiDirectory = "/nonexistent",
                ReaderTimeout = TimeSpan.FromMinutes(1),
            };
            var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
            return facts.Namespaces[1];
        }

        public void Dispose()
        {
            if (!_labs.IsValueCreated) return;
            _labs.Value.Lab.Dispose();
            _labs.Value.Other.Dispose();
        }
    }
}
