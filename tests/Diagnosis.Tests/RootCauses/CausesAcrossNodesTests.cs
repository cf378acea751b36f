// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.RootCauses;

/// <summary>The same fault on many nodes.</summary>
public sealed class CausesAcrossNodesTests
{
    [Fact]
    public void Diagnose_ForwardingOffOnFiveOfEight_IsOneCauseWithFiveNodes()
    {
        var mesh = Layouts.Flannel(8, new Setup()).TalkAll();
        foreach (var i in new[] { 6, 1, 4, 2, 7 }) mesh[i].Sysctls["net.ipv4.ip_forward"] = 0;
        // What was counted on the way does not make it another fault.
        mesh[4].ProtocolCounters["Ip.InAddrErrors"] = new(90, 17);
        var cause = mesh.Diagnose().ShouldHaveOne("WG-FORWARDING-DISABLED", "node-001");
        cause.Nodes.ShouldBe(["node-001", "node-002", "node-004", "node-006", "node-007"]);
        cause.Finding.Message.ShouldStartWith("node-001 does not forward IPv4 (net.ipv4.ip_forward = 0)");
        cause.Finding.Message.ShouldEndWith(" The same on 5 of 8 nodes: node-001, node-002, node-004 and 2 more.");
        cause.Commands().ShouldBe([.. cause.Nodes.Select(node => $"{node}: sysctl -w net.ipv4.ip_forward=1")]);
        cause.Finding.Evidence.Select(item => item.Node).Distinct().ShouldBe(cause.Nodes);
        cause.Finding.Confidence.ShouldBe(0.93);
        // Each of the 56 directions but those between the three that forward.
        cause.AffectedTunnels.Count.ShouldBe(50);
    }

    [Fact]
    public void Diagnose_SameSettingWithOtherValues_StaysApart()
    {
        var mesh = Layouts.Flannel(6, new Setup()).TalkAll();
        foreach (var (node, mtu) in new[] { (0, 1500), (1, 1500), (2, 1500), (3, 1480) }) mesh[node].ChangeLink(mesh.Device(node).Link, link => link with { Mtu = mtu });
        mesh.Diagnose().RootCauses.Select(cause => (cause.Finding.Code, string.Join(' ', cause.Nodes)))
            .ShouldBe([("WG-MTU-TOO-BIG", "node-000 node-001 node-002"), ("WG-MTU-TOO-BIG", "node-003")]);
    }

    [Fact]
    public void Diagnose_OtherPeersOnOtherNodes_StayApart()
    {
        var mesh = Layouts.Flannel(6, new Setup()).TalkAll();
        mesh.Peer(0, 1).AllowedIps = [];
        mesh.Peer(2, 3).AllowedIps = [];
        mesh.Diagnose().RootCauses.Where(cause => cause.Finding.Severity > Severity.Info).Select(cause => string.Join(' ', cause.Nodes)).ShouldBe(["node-000", "node-002"]);
    }

    [Fact]
    public void Diagnose_MoreNodesThanCommandsAreListed_SaysThePattern()
    {
        var mesh = Layouts.Flannel(80, new Setup());
        foreach (var node in mesh.Nodes) node.ChangeLink(node.Device.Link, link => link with { Mtu = 1500 });
        var cause = mesh.Diagnose().RootCauses.ShouldHaveSingleItem();
        cause.Nodes.Count.ShouldBe(80);
        cause.Finding.Message.ShouldEndWith("The same on 80 of 80 nodes: node-000, node-001, node-002 and 77 more.");
        cause.Finding.Remediation.Count.ShouldBe(64);
        cause.Finding.Remediation[^1].Scope.ShouldEndWith("; the same on the other 16 nodes that have the fault");
        cause.Finding.Evidence.Count.ShouldBe(24);
        cause.AffectedTunnels.Count.ShouldBe(80 * 79);
        cause.AffectedNodes.Count.ShouldBe(80);
    }

    [Fact]
    public void Diagnose_BothFamiliesEverywhere_IsOneCauseForEach()
    {
        var mesh = Layouts.Flannel(4, new Setup(V6: true)).TalkAll();
        foreach (var node in mesh.Nodes) (node.Sysctls["net.ipv4.ip_forward"], node.Sysctls["net.ipv6.conf.all.forwarding"]) = (0, 0);
        mesh.Diagnose().RootCauses.Select(cause => (cause.Finding.Code, cause.Nodes.Count)).ShouldBe([("WG-FORWARDING-DISABLED", 4), ("WG-FORWARDING-V6-DISABLED", 4)]);
    }
}
