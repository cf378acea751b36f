// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Rules;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests;

public sealed class ReportTests
{
    [Fact]
    public void Diagnose_TwoFaultsAtOnce_NamesBoth()
    {
        var mesh = Layouts.Flannel(4, new Setup()).TalkAll();
        mesh[2].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.Diagnose().RootCauses.Select(cause => $"{cause.Finding.Code} {cause.Finding.Subject.Node}")
            .ShouldBe(["WG-ALLOWEDIPS-MISSING-DST node-000", "WG-FORWARDING-DISABLED node-002"]);
    }

    [Fact]
    public void Diagnose_HandshakeFaultBesideAnAllowedIpsFault_NamesBoth()
    {
        var mesh = Layouts.Flannel(4, new Setup(Keepalive: 25)).TalkAll();
        mesh[0].Routes.RemoveAll(route => route.Destination == IpPrefix.Parse("10.244.0.0/16"));
        foreach (var (from, to) in new[] { (2, 3), (3, 2) })
            (mesh.Peer(from, to).HandshakeAge, mesh.Peer(from, to).Sent, mesh.Peer(from, to).Received) = (900, new(9000, 444), new(9000, 0));
        mesh.Diagnose().RootCauses.Select(cause => cause.Finding.Code).ShouldBe(["WG-UDP-BLOCKED-PATH", "WG-ROUTE-MISSING"]);
    }

    [Fact]
    public void Diagnose_WarningBesideAFault_RanksTheFaultFirst()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Mtu = 1500 });
        mesh[2].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose().RootCauses.Select(cause => cause.Finding.Code).ShouldBe(["WG-FORWARDING-DISABLED", "WG-MTU-TOO-BIG"]);
    }

    [Fact]
    public void Diagnose_ShuffledFacts_GiveTheSameReport()
    {
        var mesh = Layouts.Flannel(6, new Setup(V6: true, Keepalive: 25)).TalkAll();
        mesh[2].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Device(4).Peers.Remove(mesh.Peer(4, 1));
        mesh[1].AddRoute("10.244.3.0/24", mesh[1].LinkIndex("eth0"), "192.0.2.1");
        mesh.Peer(5, 0).AllowedIps.RemoveAt(0);
        var expected = Write(mesh.Facts());
        for (var seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            foreach (var node in mesh.Nodes)
            {
                Shuffle(random, node.Links);
                Shuffle(random, node.Addresses);
                Shuffle(random, node.Routes);
                Shuffle(random, node.Rules);
                Shuffle(random, node.Device.Peers);
                foreach (var peer in node.Device.Peers) Shuffle(random, peer.AllowedIps);
            }

            var facts = mesh.Facts().ToList();
            Shuffle(random, facts);
            Write(facts).ShouldBe(expected);
        }
    }

    [Fact]
    public void Diagnose_IncludeAndExclude_FilterCausesButNotStates()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[2].Sysctls["net.ipv4.ip_forward"] = 0;
        var input = new DiagnosisInput(mesh.Facts(), new Thresholds());
        var report = DiagnosisEngine.Diagnose(input with { ExcludeCodes = ["WG-FORWARDING-DISABLED"] });
        report.RootCauses.ShouldBeEmpty();
        report.State("node-000", "node-002").ShouldBe(TunnelState.DroppedAfterDecrypt);
        report.Summary.ShouldContain("no cause was found");
        DiagnosisEngine.Diagnose(input with { IncludeCodes = ["WG-FORWARDING-DISABLED"] }).RootCauses.Count.ShouldBe(1);
        DiagnosisEngine.Diagnose(input with { IncludeCodes = ["WG-MTU-TOO-BIG"] }).RootCauses.ShouldBeEmpty();
    }

    [Fact]
    public void Diagnose_TrafficVanishesForNoKnownReason_IsNeverHealthy()
    {
        var mesh = Layouts.Flannel(2, new Setup()).Session(0, 1);
        mesh.Peer(0, 1).Sent = new(5000, 1280);
        var report = mesh.Diagnose();
        report.RootCauses.ShouldBeEmpty();
        report.State("node-000", "node-001").ShouldBe(TunnelState.OneWay);
        report.Summary.ShouldContain("node-000 to node-001");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Diagnose_ForeignSourceRefused_IsRejectedByAllowedIps(bool userspace)
    {
        var mesh = Layouts.Flannel(2, new Setup(Userspace: userspace)).Session(0, 1);
        mesh.Peer(0, 1).Sent = new(5000, 1280);
        mesh.MoveLink(0, tx: 10);
        if (userspace) mesh.Peer(1, 0).Received = new(5000, 1280);
        else mesh.MoveLink(1, frameErrors: 10);
        mesh.Diagnose().State("node-000", "node-001").ShouldBe(TunnelState.RejectedByAllowedIps);
    }

    [Fact]
    public void Diagnose_OneBadNodeOfManyFaults_IsOneRootCause()
    {
        var mesh = Layouts.Flannel(48, new Setup()).TalkAll();
        mesh[20].Sysctls["net.ipv4.ip_forward"] = 0;
        var cause = mesh.Diagnose().ShouldHaveOne("WG-FORWARDING-DISABLED", "node-020");
        cause.AffectedTunnels.Count.ShouldBe(94);
        cause.AffectedNodes.Count.ShouldBe(48);
    }

    [Fact]
    public void Summary_OfAFault_SaysWhoWhatWhereAndHow()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].Sysctls["net.ipv4.ip_forward"] = 0;
        var summary = mesh.Diagnose().Summary;
        summary.ShouldStartWith("WG-FORWARDING-DISABLED: node-001 does not forward IPv4");
        summary.ShouldContain("On node-001 run: sysctl -w net.ipv4.ip_forward=1.");
    }

    [Fact]
    public void Catalogue_CodesAreUniqueAndDescribed()
    {
        RuleCatalogue.Descriptors.Select(rule => rule.Code).ShouldBeUnique();
        RuleCatalogue.Descriptors.ShouldNotBeEmpty();
        RuleCatalogue.Descriptors.ShouldAllBe(rule => rule.Code.StartsWith("WG-", StringComparison.Ordinal) && rule.Explanation.Length > 40 && rule.FalsifiedBy.Length > 20);
    }

    [Fact]
    public void Diagnose_SameNodeTwice_UsesTheNewerAndSaysSo()
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        var facts = mesh.Facts();
        var old = facts[0] with { At = facts[0].At.AddMinutes(-5), Namespaces = [] };
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput([old, .. facts], new Thresholds()));
        report.ShouldBeQuiet();
        report.CouldNotCheck.ShouldHaveSingleItem().Node.ShouldBe("node-000");
    }

    private static string Write(IReadOnlyList<NodeFacts> facts) => JsonSerializer.Serialize(
        DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds())), ReportJsonContext.Default.DiagnosisReport);

    private static void Shuffle<T>(Random random, List<T> list)
    {
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = random.Next(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }
    }
}
