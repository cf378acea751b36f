// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

/// <summary>The way of the outer packets.</summary>
public sealed class UnderlayFaultTests
{
    [Theory]
    [InlineData(51000u, true)]
    [InlineData(51820u, false)]
    public void Mark_ThatTheRuleDoesNotExempt_Loops(uint mark, bool found)
    {
        var mesh = Marked(mark);
        if (!found)
        {
            mesh.Diagnose().ShouldBeQuiet();
            return;
        }

        mesh.Diagnose().ShouldHaveOne("WG-FWMARK-MISMATCH", "spoke-001").Commands().ShouldBe(["spoke-001: wg set wg0 fwmark 0xca6c"]);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void OuterMark_StrictUplink_NeedsToLookAtMarks(long validMark, bool found)
    {
        var mesh = Marked(51820, onLink: false);
        mesh[1].Sysctls["net.ipv4.conf.all.rp_filter"] = 1;
        mesh[1].Sysctls["net.ipv4.conf.all.src_valid_mark"] = validMark;
        var report = mesh.Diagnose();
        if (found) report.ShouldHaveOne("WG-RPFILTER-OUTER-MARK", "spoke-001").Commands().ShouldBe(["spoke-001: sysctl -w net.ipv4.conf.eth0.rp_filter=2"]);
        else report.ShouldBeQuiet();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void NoRoute_ToEndpointsBehindAGateway_IsCritical(Setup setup)
    {
        var mesh = Layouts.WgQuick(2, setup).TalkAll();
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse(setup.V4 ? "198.51.100.7" : "2001:db8:7::7"), 51820);
        mesh.Peer(0, 1).HandshakeAge = 900;
        mesh[0].Routes.RemoveAll(route => route.Destination.IsDefault);
        mesh.Diagnose().RootCauses.ShouldContain(cause => cause.Finding.Code == "WG-UNDERLAY-NO-ROUTE" && cause.Finding.Severity == Severity.Critical);
    }

    [Fact]
    public void NoRoute_FamilyThatTheNodeDoesNotHave_IsNotThis()
    {
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        mesh.Peer(0, 1).Endpoint = new IpEndpoint(IpAddr.Parse("2001:db8:7::7"), 51820);
        mesh.Diagnose().RootCauses.ShouldNotContain(cause => cause.Finding.Code == "WG-UNDERLAY-NO-ROUTE");
    }

    [Theory]
    [InlineData("FAILED", 900, true)]
    [InlineData("FAILED", 20, false)]
    [InlineData("INCOMPLETE", 900, false)]
    [InlineData("STALE", 900, false)]
    public void Neighbour_SilentNextHop_IsFoundWhenSessionsAreOld(string state, double age, bool found)
    {
        var mesh = Layouts.WgQuick(2, new Setup(Keepalive: 25)).TalkAll();
        mesh.Peer(0, 1).HandshakeAge = mesh.Peer(1, 0).HandshakeAge = age;
        mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("eth0"), IpAddr.Parse("192.0.2.11"), state));
        mesh.Diagnose().RootCauses.Any(cause => cause.Finding.Code == "WG-NEIGH-FAILED").ShouldBe(found);
    }

    [Fact]
    public void Neighbour_PermanentWithAWrongAddress_SaysTheRightOne()
    {
        var mesh = Layouts.WgQuick(2, new Setup(Keepalive: 25)).TalkAll();
        mesh.Peer(0, 1).HandshakeAge = mesh.Peer(1, 0).HandshakeAge = 900;
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { HardwareAddress = "02:00:00:00:00:11" });
        mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("eth0"), IpAddr.Parse("192.0.2.11"), "PERMANENT") { LinkLayerAddress = "02:00:00:00:00:01" });
        mesh.Diagnose().RootCauses[0].Finding.Message.ShouldContain("02:00:00:00:00:11");
        mesh.Diagnose().RootCauses[0].Finding.Code.ShouldBe("WG-NEIGH-FAILED");
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(3000UL, false)]
    public void Neighbour_WrongAddressWithYoungSessions_IsFoundWhenNothingArrives(ulong arrived, bool found)
    {
        // The far end still reaches this one, and asks for a new session again and again.
        var mesh = Layouts.WgQuick(2, new Setup()).TalkAll();
        (mesh.Peer(0, 1).Sent, mesh.Peer(0, 1).Received) = (new(7500, 3000), new(772, 296));
        (mesh.Peer(1, 0).Sent, mesh.Peer(1, 0).Received) = (new(772, 296), new(532, arrived));
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { HardwareAddress = "02:00:00:00:00:11" });
        mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("eth0"), IpAddr.Parse("192.0.2.11"), "PERMANENT") { LinkLayerAddress = "02:00:00:00:00:01" });
        mesh.Diagnose().RootCauses.Any(cause => cause.Finding.Code == "WG-NEIGH-FAILED").ShouldBe(found);
    }

    [Theory]
    [InlineData(24, "STALE", true)]
    [InlineData(1024, "STALE", false)]
    [InlineData(24, "PERMANENT", false)]
    public void NeighbourTable_NearItsEnd_IsFound(long limit, string state, bool found)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        mesh[0].Sysctls["net.ipv4.neigh.default.gc_thresh3"] = limit;
        for (var i = 0; i < 23; i++) mesh[0].Neighbours.Add(new NeighbourFact(mesh[0].LinkIndex("cni0"), IpAddr.Parse($"10.244.0.{i + 5}"), state));
        var report = mesh.Diagnose();
        if (!found) report.ShouldBeQuiet();
        else report.ShouldHaveOne("WG-NEIGH-TABLE-OVERFLOW", "node-000").Finding.Severity.ShouldBe(Severity.Warning);
    }

    // A spoke with its default route in the tunnel, as wg-quick makes it.
    private static TestMesh Marked(uint mark, bool onLink = false)
    {
        var mesh = Layouts.Hub(1).Talk(0, 1);
        mesh.Peer(1, 0).Allow("0.0.0.0/0");
        if (!onLink) mesh.Peer(1, 0).Endpoint = new IpEndpoint(IpAddr.Parse("198.51.100.1"), 51820);
        mesh[0].AddAddress(mesh[0].LinkIndex("eth0"), "198.51.100.1/32");
        mesh.Device(1).Mark = mark;
        mesh[1].AddRoute("0.0.0.0/0", mesh.Device(1).Link, table: 51820);
        mesh[1].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32764, Action = 1, Table = 51820, Mark = 51820, Invert = true });
        mesh[1].Rules.Add(new() { Family = IpFamily.IPv4, Priority = 32763, Action = 1, Table = 254, SuppressPrefixLength = 0 });
        return mesh;
    }
}
