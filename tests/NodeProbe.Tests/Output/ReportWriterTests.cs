// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Tests.Output;

public sealed class ReportWriterTests
{
    private static readonly NodeFacts Facts = SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(
        SampleFacts.Peer(1),
        SampleFacts.Peer(2) with { Endpoint = new IpEndpoint(IpAddr.Parse("2001:db8:1234:5678:9abc:def0:1234:5678"), 51820), Received = new Counter(5, 0) },
        new WireGuardPeerFact { PublicKey = SampleFacts.Key(3) })));

    [Fact]
    public void Write_HealthyNode_IsShort() => Print([Facts], SampleReports.Healthy(Facts)).ShouldBe("""
        All tunnels are healthy.

        node node-a: 1 WireGuard device, observed for 8 s

        wg0
          kernel, up, port 51820, mtu 1420, key AAAA…AAEA
          addresses 10.200.0.0/32
          PEER       ENDPOINT                   HANDSHAKE  RX IN 8 s  TX IN 8 s  STATE
          AQAA…AAEA  192.168.0.1:51820          42s        +1.4 KiB   +2.9 KiB   healthy
          AgAA…AAEA  [2001:db8:1234:5678:9abc:  42s        0 B        +2.9 KiB   healthy
                     def0:1234:5678]:51820
          AwAA…AAEA  none                       never      -          -          healthy

        """);

    [Fact]
    public void Write_RootCause_HasEvidenceAndCommandsThatAreNeverWrapped()
    {
        var command = $"wg set wg0 peer {SampleFacts.Key(2)} allowed-ips 10.0.2.0/24,10.0.3.0/24,10.0.4.0/24";
        var tunnel = new TunnelId("node-a", "wg0", "node-b", SampleFacts.Key(2));
        var finding = SampleReports.Finding(Severity.Critical, "node-a has no AllowedIPs entry for 10.0.2.0/24 of node-b, so packets for it are refused before they are encrypted.") with
        {
            Evidence = [new Evidence("node-a", "wg show wg0 allowed-ips", "(none)", "10.0.2.0/24", "uapi")],
            Remediation = [new Remediation("node-a", command, "running device, until something writes it again", "wg set wg0 peer x remove")],
            AffectedTunnels = [tunnel],
        };
        var report = new DiagnosisReport
        {
            Tunnels = [new TunnelAssessment(tunnel, TunnelState.NotRoutedIn, "no peer owns 10.0.2.0/24")],
            RootCauses = [new RootCause(finding, [SampleReports.Finding(Severity.Warning, "The route leads nowhere.")], [tunnel, tunnel with { FromNode = "node-c" }], ["node-a", "node-c"])],
            CouldNotCheck = [new CouldNotCheck("node-a", "rules", "not permitted: the probe lacks CAP_NET_ADMIN")],
            Summary = "1 of 3 tunnels is broken.",
        };
        var page = Print([Facts], report);
        page.ShouldContain("\n  AgAA…AAEA (node-b): no peer owns 10.0.2.0/24\n");
        page.ShouldEndWith($"""

            1. WG-SAMPLE  critical, 90% sure
               node-a has no AllowedIPs entry for 10.0.2.0/24 of node-b, so packets for it
               are refused before they are encrypted.
               The kernel does what it is told.
               Affects 2 tunnels of node-a, node-c.
               Evidence:
                 node-a: wg show wg0 allowed-ips
                   is: (none)
                   should be: 10.0.2.0/24
               To mend:
                 # on node-a: running device, until something writes it again
                 {command}
                 # undo: wg set wg0 peer x remove
               Wrong if: a packet that arrives
               Explains WG-SAMPLE on node-a: The route leads nowhere.

            Could not check
              node-a: rules: not permitted: the probe lacks CAP_NET_ADMIN

            """);
    }

    [Fact]
    public void Write_NoDevice_SaysSo() => Print([SampleFacts.Node("node-a", SampleFacts.Namespace()) with { ObservedSeconds = 0 }], SampleReports.Of()).ShouldBe("""
        Something is wrong.

        node node-a: no WireGuard device found, read once

        """);

    [Fact]
    public void Write_ReadOnce_ShowsTotals()
    {
        var facts = SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(SampleFacts.Peer(1) with { Received = new Counter(2048), Sent = new Counter(0) }))) with { ObservedSeconds = 0 };
        Print([facts], SampleReports.Healthy(facts)).ShouldContain("""
              PEER       ENDPOINT           HANDSHAKE  RX TOTAL  TX TOTAL  STATE
              AQAA…AAEA  192.168.0.1:51820  42s        2.0 KiB   0 B       healthy
            """);
    }

    [Fact]
    public void Write_ManyPeers_ListsAllInTroubleAndCountsTheRest()
    {
        var facts = SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(Enumerable.Range(1, 1000).Select(SampleFacts.Peer))));
        var report = SampleReports.Healthy(facts);
        report = report with { Tunnels = [.. report.Tunnels.Select((t, i) => i % 20 == 7 ? t with { State = TunnelState.OneWay } : t)] };
        var page = Print([facts], report);
        page.Split('\n').Count(l => l.EndsWith("one way", StringComparison.Ordinal)).ShouldBe(50);
        page.ShouldContain("  and 950 more peers without trouble; -o json shows all\n");
    }

    [Fact]
    public void Write_HostileNames_CannotSteerTheTerminal()
    {
        var facts = SampleFacts.Node("node\u001b[2Ja", SampleFacts.Namespace(SampleFacts.Device() with { Name = "[red]wg\u001b]0;x\a" }));
        var page = Print([facts], SampleReports.Of(SampleReports.Finding(Severity.Error, "[bold]\u001b[31m[/]")) with { Summary = "\u001b[1m" });
        page.ShouldNotContain("\u001b");
        page.ShouldNotContain("\a");
        page.ShouldContain("[red]wg ]0;x");
    }

    [Fact]
    public void Write_ColourTerminal_ColoursStates()
    {
        var writer = new StringWriter();
        new ReportWriter(new Terminal(writer, 80, true)).Write([Facts], SampleReports.Healthy(Facts));
        writer.ToString().ShouldContain("\u001b[");
    }

    private static string Print(IReadOnlyList<NodeFacts> nodes, DiagnosisReport report)
    {
        var writer = new StringWriter();
        new ReportWriter(new Terminal(writer, 80, false)).Write(nodes, report);
        var page = writer.ToString();
        page.Split('\n').Where(l => !l.Contains("wg set", StringComparison.Ordinal)).ShouldAllBe(l => l.Length <= 80);
        page.Split('\n').ShouldAllBe(l => !l.EndsWith(' '));
        return page;
    }
}
