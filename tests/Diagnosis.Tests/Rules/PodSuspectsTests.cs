// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules.Pods;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>Which of the pods that a node looked into it tells of, and what their links show.</summary>
public sealed class PodSuspectsTests
{
    private const int PodLink = 90;

    [Theory]
    [InlineData("10.244.1.1", true, false)]
    [InlineData(null, true, true)]
    [InlineData("10.244.1.1", false, true)]
    public void Suspects_PodsWithoutAWayOutOrOfNoBridge_AreKept(string? gateway, bool port, bool kept)
    {
        var facts = Pod(gateway, port).Facts[1];
        PodSuspects.Of(facts).ShouldBe(kept ? ["net:[77]"] : []);
    }

    [Fact]
    public void Veth_OfAPodThatIsNoPortOfTheBridge_IsNamed()
    {
        var report = Pod("10.244.1.1", port: false).Report;
        report.ShouldHaveOne("WG-POD-VETH-BROKEN", "node-001").Finding.Message.ShouldContain("is no port of cni0");
        Pod("10.244.1.1", port: true).Report.ShouldBeQuiet();
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(0, false)]
    public void Veth_PortWithoutCarrier_CountsWhereItWasUsed(int received, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var port = mesh[1].Links.Single(link => link.Kind == "veth").Index;
        mesh[1].ChangeLink(port, link => link with { PeerInOtherNamespace = true, LowerUp = false, Counters = link.Counters! with { RxPackets = new((ulong)received, 0) } });
        var report = mesh.Diagnose();
        if (!found) report.ShouldBeQuiet();
        else report.ShouldHaveOne("WG-POD-VETH-BROKEN", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
    }

    private static (DiagnosisReport Report, IReadOnlyList<NodeFacts> Facts) Pod(string? gateway, bool port)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var veth = mesh[1].Links.Single(link => link.Kind == "veth").Index;
        mesh[1].ChangeLink(veth, link => link with { Peer = PodLink, PeerInOtherNamespace = true, LowerUp = true, Master = port ? link.Master : null });
        List<NodeFacts> seen = [];
        var report = mesh.With(1, facts =>
        {
            var with = facts with
            {
                Namespaces =
                [
                    facts.Namespaces[0],
                    facts.Namespaces[0] with
                    {
                        Id = "net:[77]",
                        Name = "/run/netns/pod",
                        Owners = [new NamespaceOwnerFact { PodUid = "2f1c" }],
                        Links = Bent.Fact<IReadOnlyList<LinkFact>>([new() { Index = PodLink, Name = "eth0", Kind = "veth", Peer = veth, PeerInOtherNamespace = true, Up = true, LowerUp = true, Mtu = 1420 }]),
                        Addresses = Bent.Fact<IReadOnlyList<AddressFact>>([new() { Link = PodLink, Address = IpAddr.Parse("10.244.1.7"), PrefixLength = 24 }]),
                        Routes = Bent.Fact<IReadOnlyList<RouteFact>>(gateway is null ? [] :
                        [
                            new() { Destination = IpPrefix.Parse("0.0.0.0/0"), Table = 254, Type = RouteType.Unicast, Protocol = 3, NextHops = [new(PodLink, IpAddr.Parse(gateway))] },
                        ]),
                        KernelWireGuard = Bent.Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
                        UserspaceWireGuard = Bent.Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
                        RouteLookups = Bent.Fact<IReadOnlyList<RouteLookupFact>>([]),
                    },
                ],
            };
            seen.Add(facts);
            seen.Add(with);
            return with;
        });
        return (report, seen);
    }
}
