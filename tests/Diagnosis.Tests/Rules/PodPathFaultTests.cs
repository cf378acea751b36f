// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>What a pod's own namespace shows of sizes and checksums.</summary>
public sealed class PodPathFaultTests
{
    private const int PodLink = 90;

    // node-001 with one pod; the node's end of the veth is the port of cni0.
    private static DiagnosisReport Pod(int mtu, bool pod = true, int? routeMtu = null, ulong dropped = 0, ulong checksums = 0)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var port = mesh[1].Links.Single(link => link.Kind == "veth").Index;
        mesh[1].ChangeLink(port, link => link with
        {
            Peer = PodLink,
            PeerInOtherNamespace = true,
            LowerUp = true,
            Counters = link.Counters! with { RxDropped = new(dropped, dropped) },
            Mtu = routeMtu is null && mtu == 9000 ? 1420 : mtu,
        });
        return mesh.With(1, facts => facts with
        {
            Namespaces =
            [
                facts.Namespaces[0],
                facts.Namespaces[0] with
                {
                    Id = "net:[77]",
                    Name = "/run/netns/pod",
                    Owners = pod ? [new NamespaceOwnerFact { PodUid = "2f1c" }] : null,
                    Links = Bent.Fact<IReadOnlyList<LinkFact>>([new() { Index = PodLink, Name = "eth0", Kind = "veth", Peer = port, PeerInOtherNamespace = true, Up = true, LowerUp = true, Mtu = mtu }]),
                    Addresses = Bent.Fact<IReadOnlyList<AddressFact>>([new() { Link = PodLink, Address = IpAddr.Parse("10.244.1.7"), PrefixLength = 24 }]),
                    Routes = Bent.Fact<IReadOnlyList<RouteFact>>(
                    [
                        new() { Destination = IpPrefix.Parse("0.0.0.0/0"), Table = 254, Type = RouteType.Unicast, Protocol = 3, Mtu = routeMtu, NextHops = [new(PodLink, IpAddr.Parse("10.244.1.1"))] },
                    ]),
                    KernelWireGuard = Bent.Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
                    UserspaceWireGuard = Bent.Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
                    RouteLookups = Bent.Fact<IReadOnlyList<RouteLookupFact>>([]),
                    ProtocolCounters = Bent.Fact<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter> { ["Icmp.InCsumErrors"] = new(checksums, checksums) }),
                },
            ],
        });
    }

    [Fact]
    public void PodMismatch_LargerThanTheTunnelOrItsVeth_IsNamed()
    {
        Pod(1500).Find("WG-MTU-POD-MISMATCH")!.Severity.ShouldBe(Severity.Warning);
        Pod(9000, pod: false).Find("WG-MTU-POD-MISMATCH")!.Severity.ShouldBe(Severity.Warning);
        Pod(9000, dropped: 5).Find("WG-MTU-POD-MISMATCH")!.Severity.ShouldBe(Severity.Error);
    }

    [Fact]
    public void PodMismatch_FittingPodLanHostOrSmallerRoutes_IsSilent()
    {
        Pod(1420).Find("WG-MTU-POD-MISMATCH").ShouldBeNull();
        Pod(1500, pod: false).Find("WG-MTU-POD-MISMATCH").ShouldBeNull();
        Pod(1500, routeMtu: 1420).Find("WG-MTU-POD-MISMATCH").ShouldBeNull();
    }

    [Theory]
    [InlineData(12ul, true)]
    [InlineData(0ul, false)]
    public void InnerChecksum_GrowsInAPod_IsAnError(ulong errors, bool found) =>
        (Pod(1420, checksums: errors).Find("WG-OFFLOAD-CSUM-INNER")?.Severity == Severity.Error).ShouldBe(found);

    // The same pod seen in short.
    private static DiagnosisReport Brief(int mtu, ulong dropped, string address = "10.244.1.7")
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var port = mesh[1].Links.Single(link => link.Kind == "veth").Index;
        mesh[1].ChangeLink(port, link => link with { Counters = link.Counters! with { RxDropped = new(dropped, dropped) } });
        return mesh.With(1, facts => facts with
        {
            OtherNamespaces = Bent.Fact(new NamespaceScanFact
            {
                Found = 2,
                Processes = 9,
                Others = [new NamespaceSummaryFact { Id = "net:[77]", Links = 2, Addresses = [IpAddr.Parse(address)], Mtu = mtu }],
            }),
        });
    }

    [Fact]
    public void PodMismatch_OfAPodSeenInShort_IsAnErrorWhereItsVethDrops()
    {
        Brief(9000, 6).ShouldHaveOne("WG-MTU-POD-MISMATCH", "node-001").Finding.Severity.ShouldBe(Severity.Error);
        Brief(9000, 0).Find("WG-MTU-POD-MISMATCH")!.Severity.ShouldBe(Severity.Info);
        Brief(1420, 6).Find("WG-MTU-POD-MISMATCH").ShouldBeNull();
        // Nobody looks for it behind the tunnel.
        Brief(9000, 6, "172.17.0.2").Find("WG-MTU-POD-MISMATCH").ShouldBeNull();
    }
}
