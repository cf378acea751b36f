// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>The one sentence, word for word.</summary>
public sealed class SummaryTests
{
    [Fact]
    public void Summary_NoFault() =>
        Layouts.Flannel(3, new Setup()).TalkAll().Diagnose().Summary.ShouldBe("No fault found: 6 tunnels on 3 nodes, 6 in use, 0 idle.");

    [Fact]
    public void Summary_NoNode() => DiagnosisEngine.Diagnose(new DiagnosisInput([], new Thresholds())).Summary.ShouldBe("No node reported any facts.");

    [Fact]
    public void Summary_OneCause()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose().Summary.ShouldBe("WG-FORWARDING-DISABLED: node-001 does not forward IPv4 (net.ipv4.ip_forward = 0), so 10.244.1.0/24 behind it cannot be reached through wg-pods."
            + " 4 of 6 tunnels suffer. On node-001 run: sysctl -w net.ipv4.ip_forward=1.");
    }

    [Fact]
    public void Summary_NodesWithOneFault()
    {
        var mesh = Layouts.Flannel(5, new Setup()).TalkAll();
        foreach (var node in mesh.Nodes.Take(4)) node.Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Diagnose().Summary.ShouldBe("WG-FORWARDING-DISABLED: node-000 does not forward IPv4 (net.ipv4.ip_forward = 0), so 10.244.0.0/24 behind it cannot be reached through wg-pods."
            + " The same on 4 of 5 nodes: node-000, node-001, node-002 and 1 more. 20 of 20 tunnels suffer. On each of the 4 nodes run: sysctl -w net.ipv4.ip_forward=1.");
    }

    [Fact]
    public void Summary_SeveralCauses()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[2].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh[1].ChangeLink(mesh.Device(1).Link, link => link with { Mtu = 1500 });
        mesh.Diagnose().Summary.ShouldEndWith("On node-002 run: sysctl -w net.ipv4.ip_forward=1. 1 other cause found; the next is WG-MTU-TOO-BIG on node-001.");
    }

    [Fact]
    public void Summary_BrokenWithoutCause()
    {
        var mesh = Layouts.Flannel(2, new Setup()).Session(0, 1);
        mesh.Peer(0, 1).Sent = new(5000, 1280);
        mesh.Diagnose().Summary.ShouldStartWith("1 of 2 tunnels is broken and no cause was found; the first is node-000 to node-001: ");
    }

    [Fact]
    public void Summary_CouldNotCheck()
    {
        var facts = Unread(Layouts.Flannel(3, new Setup()).TalkAll().Facts());
        DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds())).Summary
            .ShouldBe("No fault found: 6 tunnels on 3 nodes, 6 in use, 0 idle. 1 thing could not be checked.");
    }

    [Fact]
    public void CouldNotCheck_SameOnAllNodes_IsOneLine()
    {
        var facts = Unread(Layouts.Flannel(5, new Setup()).TalkAll().Facts());
        var item = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds())).CouldNotCheck.ShouldHaveSingleItem();
        (item.Node, item.What, item.Nodes).ShouldBe(("node-000", "protocol counters", 5));
        item.Reason.ShouldBe("NotPermitted: no right (the same on 5 of 5 nodes: node-000, node-001, node-002 and 2 more)");
    }

    [Fact]
    public void CouldNotCheck_VeryManyLines_AreBoundedAndCounted()
    {
        var items = Enumerable.Range(0, 1500).Select(i => new Findings.CouldNotCheck($"n{i:0000}", "x", $"reason {i}")).Append(new("z1", "y", "often")).Append(new("z0", "y", "often"));
        var list = UncheckedList.Of(items, 1502);
        list.Count.ShouldBe(UncheckedList.Limit);
        list[0].ShouldBe(new Findings.CouldNotCheck("z0", "y", "often (the same on 2 of 1502 nodes: z0, z1)") { Nodes = 2 });
        list[1].Node.ShouldBe("n0000");
        list[^1].ShouldBe(new Findings.CouldNotCheck("n0998", "more", "502 more lines on this and other nodes are left out") { Nodes = 502 });
    }

    [Fact]
    public void Finding_WithoutAFactThatItsRuleWanted_IsLessSureAndSaysWhy()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[1].Sysctls["net.ipv4.ip_forward"] = 0;
        var sure = mesh.Diagnose().RootCauses[0].Finding;
        var unsure = DiagnosisEngine.Diagnose(new DiagnosisInput(Unread(mesh.Facts()), new Thresholds())).RootCauses[0].Finding;
        (sure.Confidence, unsure.Confidence).ShouldBe((0.93, 0.84));
        unsure.Evidence[^1].ShouldBe(new Findings.Evidence("node-001", "protocol counters", "could not be checked, so this is less sure: NotPermitted: no right", null, "facts"));
        sure.Evidence.Count.ShouldBe(unsure.Evidence.Count - 1);
    }

    private static IReadOnlyList<NodeFacts> Unread(IReadOnlyList<NodeFacts> facts) =>
    [
        .. facts.Select(node => node with
        {
            Namespaces =
            [
                .. node.Namespaces.Select(space => space with
                {
                    ProtocolCounters = space.ProtocolCounters! with { Value = null, NotAvailable = new NotAvailable(NotAvailableReason.NotPermitted, "no right") },
                }),
            ],
        }),
    ];
}
