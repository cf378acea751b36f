// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Rules;

public sealed class MtuFaultTests
{
    [Fact]
    public void TooSmall_BelowIPv6_ExplainsTheLostAddressAndRoutes()
    {
        var mesh = Layouts.Flannel(3, new Setup(V6: true)).TalkAll();
        var link = mesh.Device(1).Link;
        mesh[1].ChangeLink(link, it => it with { Mtu = 1270 });
        mesh[1].Addresses.RemoveAll(address => address.Link == link && address.Address.Family == IpFamily.IPv6);
        mesh[1].Routes.RemoveAll(route => route.Destination.Family == IpFamily.IPv6 && route.NextHops.Any(hop => hop.Link == link));
        var cause = mesh.Diagnose().ShouldHaveOne("WG-MTU-TOO-SMALL", "node-001");
        cause.Consequences.Select(finding => finding.Code).ShouldContain("WG-IFACE-NO-ADDRESS");
        cause.Commands()[0].ShouldBe("node-001: ip link set dev wg-pods mtu 1420");
    }

    [Theory]
    [InlineData(1280, true)]
    [InlineData(1000, true)]
    [InlineData(500, false)]
    public void TooSmall_WithoutIPv6_OnlyTinyOnesCount(int mtu, bool quiet)
    {
        var mesh = Layouts.Flannel(2, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes) node.ChangeLink(node.Device.Link, link => link with { Mtu = mtu });
        var found = mesh.Diagnose().Find("WG-MTU-TOO-SMALL");
        if (quiet) found.ShouldBeNull();
        else found!.Severity.ShouldBe(Severity.Warning);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void UnderlayChanged_OneNodeCarriesLess_IsNamedInsteadOfTooBig(Setup setup)
    {
        var mesh = Layouts.Flannel(3, setup).TalkAll();
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { Mtu = 1400 });
        var cause = mesh.Diagnose().ShouldHaveOne("WG-MTU-UNDERLAY-CHANGED", "node-001");
        cause.Commands().ShouldBe([$"node-001: ip link set dev wg-pods mtu {(setup.V4 ? 1340 : 1320)}"]);
        mesh.Diagnose(1).Find("WG-MTU-UNDERLAY-CHANGED").ShouldBeNull();
    }

    [Fact]
    public void UnderlayChanged_DevicesDiffer_IsSilent()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Mtu = 1340 });
        mesh[1].ChangeLink(mesh[1].LinkIndex("eth0"), link => link with { Mtu = 1400 });
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose().Find("WG-MTU-ASYMMETRIC").ShouldBeNull();
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void Asymmetric_OverEqualUnderlays_IsANoteUntilBytesAreMissing(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = 1300 });
        mesh.Diagnose().ShouldBeQuiet();
        mesh.Diagnose().Find("WG-MTU-ASYMMETRIC")!.Severity.ShouldBe(Severity.Info);
        mesh.Peer(1, 0).Sent = new(90000, 30000);
        mesh.Peer(0, 1).Received = new(80000, 28000);
        mesh.Diagnose().ShouldHaveOne("WG-MTU-ASYMMETRIC", "node-001").Finding.Severity.ShouldBe(Severity.Warning);
    }

    [Theory, MemberData(nameof(Setup.All), MemberType = typeof(Setup))]
    public void FragmentDrop_MadeAndNeverPutTogether_IsAnError(Setup setup)
    {
        var mesh = Layouts.Flannel(2, setup).TalkAll();
        var group = setup.V4 ? "Ip" : "Ip6";
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = 1500 });
        mesh.Peer(0, 1).Sent = new(90000, 30000);
        mesh.Peer(1, 0).Received = new(80000, 9000);
        mesh[1].ProtocolCounters[$"{group}.ReasmOKs"] = new(0, 0);
        var report = mesh.WithCounter(0, $"{group}.FragCreates", 40);
        (report.RootCauses[0].Finding.Code, report.RootCauses[0].Finding.Severity).ShouldBe(("WG-FRAGMENT-DROP", Severity.Error));
        report.State("node-000", "node-001").ShouldBe(TunnelState.MtuBlackhole);
        // The outer packets fit: the node cuts inner ones.
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = 1420 });
        mesh.Diagnose().Find("WG-FRAGMENT-DROP").ShouldBeNull();
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Mtu = 1500 });
        // Whole at the far end, or nothing missing: no fault of fragments.
        mesh.WithCounter(1, $"{group}.ReasmOKs", 20).Find("WG-FRAGMENT-DROP").ShouldBeNull();
        mesh[1].ProtocolCounters.Remove($"{group}.ReasmOKs");
        mesh.Diagnose().Find("WG-FRAGMENT-DROP").ShouldBeNull();
    }
}
