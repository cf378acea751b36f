// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Tests.Output;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Agent;

public sealed class StatusSizeTests(ITestOutputHelper output)
{
    private const int Mesh = 5000;

    private static readonly NodeProbeStatus Started = new() { Run = "run-1", Phase = NodeProbePhase.Running, StartTime = SampleFacts.At };

    [Fact]
    public void Fit_SmallFacts_AreNotTouched()
    {
        var facts = Node(20);
        var fitted = StatusSize.Fit(Started, facts, SampleReports.Healthy(facts));
        fitted.Cut.ShouldBeFalse();
        Read(fitted).Truncated.ShouldBeFalse();
        Read(fitted).Namespaces[0].RouteLookups.Value!.Count.ShouldBe(20);
        fitted.Bytes.ShouldBe(WireSize(fitted));
    }

    [Fact]
    public void Fit_TooManyLookups_GivesUpTheHealthyOnesOnly()
    {
        var facts = With(Node(450), space => space with
        {
            RouteLookups = SampleFacts.Read<IReadOnlyList<RouteLookupFact>>(
            [
                .. space.RouteLookups.Value!,
                new RouteLookupFact { Purpose = RouteLookupPurpose.AllowedIp, Device = "wg0", Destination = IpAddr.Parse("10.9.9.9"), Error = "ENETUNREACH" },
            ]),
        });
        var fitted = StatusSize.Fit(Started, facts, SampleReports.Healthy(facts));
        var kept = Read(fitted);
        kept.Namespaces[0].RouteLookups.Value!.Select(l => l.Error).ShouldBe([null, "ENETUNREACH"], ignoreOrder: true);
        kept.Namespaces[0].KernelWireGuard.Value![0].Peers.Count.ShouldBe(450);
        kept.TruncatedWhat.ShouldBe("left out: 1 counters of devices that are no tunnel and no way to a peer, 449 route lookups that lead into their tunnel, 1 protocol counters that did not grow");
        // Nothing that a verdict needs is missing, so silence of the engine would be wrong.
        kept.Truncated.ShouldBeFalse();
    }

    [Fact]
    public void Fit_ManyTrackedFlows_GivesUpTheFlowsAndKeepsWhatIsTranslated()
    {
        var endpoint = new IpEndpoint(IpAddr.Parse("192.0.2.1"), 51820);
        var tuple = new ConntrackTuple { Source = IpAddr.Parse("192.0.2.7"), Destination = endpoint.Address, Protocol = 17, SourcePort = 51820, DestinationPort = 51820 };
        var plain = new EndpointNatFact { Device = "wg0", Endpoint = endpoint, Source = endpoint, SourceAfterNat = endpoint, EndpointAfterNat = endpoint };
        var flow = new ConntrackFlow { Original = tuple, Reply = tuple };
        var flows = new ConntrackFlows
        {
            Seen = 1_000_000,
            Outer = [.. Enumerable.Repeat(flow, 1000)],
            Inner = [.. Enumerable.Repeat(flow, 1000)],
            EndpointNat = [.. Enumerable.Repeat(plain, 2000), plain with { SourceAfterNat = new IpEndpoint(endpoint.Address, 1024) }, plain with { Signs = [EndpointNatSign.Unreplied] }],
        };
        var facts = With(Node(10), space => space with { ConntrackFlows = SampleFacts.Read(flows) });
        var kept = Read(StatusSize.Fit(Started, facts, SampleReports.Healthy(facts)));
        var left = kept.Namespaces[0].ConntrackFlows!.Value.ShouldNotBeNull();
        left.EndpointNat.Count.ShouldBe(2);
        (left.Seen, left.Outer.Count, left.Inner.Count).ShouldBe((1_000_000, 0, 0));
        kept.TruncatedWhat.ShouldBe("left out: 2000 flows of connection tracking, 2000 outer flows without translation");
        kept.Truncated.ShouldBeFalse();
    }

    [Fact]
    public void Fit_ManyRoutesBesideTheTunnels_AreGivenUpBeforePeers()
    {
        var foreign = Enumerable.Range(0, 20_000).Select(i => SampleFacts.Route(SampleFacts.PrefixOf(0x10000 + i), SampleFacts.Uplink));
        var shadow = SampleFacts.Route(IpPrefix.Parse("10.0.1.128/25"), SampleFacts.Uplink);
        var facts = With(Node(10), space => space with { Routes = SampleFacts.Read<IReadOnlyList<RouteFact>>([.. foreign, shadow, .. space.Routes.Value!]) });
        var kept = Read(StatusSize.Fit(Started, facts, SampleReports.Healthy(facts)));
        // A route inside an AllowedIPs prefix may be what is wrong: it stays, whatever device it leads to.
        kept.Namespaces[0].Routes.Value!.ShouldContain(r => r.Destination == shadow.Destination);
        kept.Namespaces[0].Routes.Value!.Count.ShouldBe(11);
        kept.TruncatedWhat!.ShouldEndWith("9 route lookups that lead into their tunnel, 1 protocol counters that did not grow, 20000 routes that touch no tunnel");
        kept.Truncated.ShouldBeTrue();
    }

    [Fact]
    public void Fit_LargeMesh_KeepsTheSickPeersAndCountsTheHealthy()
    {
        var facts = Node(Mesh);
        var report = SampleReports.Healthy(facts);
        var sick = new[] { 17, 4242 };
        report = report with
        {
            Tunnels = [.. report.Tunnels.Select(t => sick.Any(n => t.Tunnel.PeerKey == SampleFacts.Key(n)) ? t with { State = TunnelState.NoHandshake } : t)],
        };
        var fitted = StatusSize.Fit(Started, facts, report);
        WireSize(fitted).ShouldBeLessThanOrEqualTo(StatusSize.MaxBytes);
        var kept = Read(fitted);
        fitted.Bytes.ShouldBeLessThan(StatusSize.TargetBytes);
        var device = kept.Namespaces[0].KernelWireGuard.Value![0];
        device.Peers.Select(p => p.PublicKey).ShouldBeSubsetOf(facts.Namespaces[0].KernelWireGuard.Value![0].Peers.Select(p => p.PublicKey));
        sick.Select(SampleFacts.Key).ShouldBeSubsetOf(device.Peers.Select(p => p.PublicKey));
        var digest = device.Digest.ShouldNotBeNull();
        (digest.Healthy + device.Peers.Count, digest.Broken + digest.Unknown + digest.Idle).ShouldBe((Mesh, 0));
        device.OmittedPeers.ShouldBe(digest.Healthy);
        kept.Namespaces[0].Routes.Value!.Count.ShouldBe(device.Peers.Count);
        // The digest stands for all the others, so no verdict lacks anything.
        kept.Truncated.ShouldBeFalse();
        kept.TruncatedWhat!.ShouldContain($"{digest.Healthy} peers that nothing is wrong with");
    }

    [Theory, InlineData(5_000), InlineData(10_000)]
    public void Fit_LargeMesh_TakesLittleTime(int peers)
    {
        var facts = Node(peers);
        var report = SampleReports.Healthy(facts);
        StatusSize.Fit(Started, Node(600), SampleReports.Healthy(Node(600)));
        var (watch, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var fitted = StatusSize.Fit(Started, facts, report);
        output.WriteLine($"{peers} peers: {fitted.Bytes} bytes in {watch.ElapsedMilliseconds} ms, {(GC.GetAllocatedBytesForCurrentThread() - before) >> 10} KiB allocated");
        // A fence against quadratic work, no measurement.
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
        fitted.Bytes.ShouldBeLessThan(StatusSize.TargetBytes);
    }

    [Fact]
    public void Fit_StepThatWouldChangeTheVerdict_IsUndone()
    {
        // The address error counter tells that forwarding is off; its growth is evidence and stays, the flat one goes.
        var facts = With(Node(300), space => space with
        {
            ProtocolCounters = SampleFacts.Read<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter> { ["Ip.InAddrErrors"] = new(9, 9), ["Udp.NoPorts"] = new(3, 0) }),
        });
        var kept = Read(StatusSize.Fit(Started, facts, SampleReports.Healthy(facts)));
        kept.Namespaces[0].ProtocolCounters.Value!.Keys.ShouldBe(["Ip.InAddrErrors"]);
        var (before, after) = (Verdict(facts), Verdict(kept));
        after.ShouldBe(before);
    }

    [Fact]
    public void Fit_LargeMeshWithAllPeersSick_StillFitsAndSaysSo()
    {
        var facts = Node(Mesh);
        var fitted = StatusSize.Fit(Started, facts, SampleReports.Of(SampleReports.Finding(Severity.Critical) with { AffectedTunnels = [.. SampleReports.TunnelsOf(facts)] }));
        WireSize(fitted).ShouldBeLessThanOrEqualTo(StatusSize.MaxBytes);
        var kept = Read(fitted);
        var device = kept.Namespaces[0].KernelWireGuard.Value![0];
        device.Peers.Count.ShouldBeInRange(64, 256);
        (device.Peers.Count + device.OmittedPeers).ShouldBe(Mesh);
        // The report given here judged no tunnel; each that is not listed counts as one that nobody can judge.
        device.Digest!.Unknown.ShouldBe(device.OmittedPeers);
    }

    [Fact]
    public void Fit_FindingNamesAHealthyLookingPeer_KeepsIt()
    {
        var facts = Node(Mesh);
        var finding = SampleReports.Finding(Severity.Warning);
        finding = finding with { Subject = finding.Subject with { PeerKey = SampleFacts.Key(99) } };
        var report = SampleReports.Healthy(facts) with { RootCauses = SampleReports.Of(finding).RootCauses };
        Read(StatusSize.Fit(Started, facts, report)).Namespaces[0].KernelWireGuard.Value![0].Peers.ShouldContain(p => p.PublicKey == SampleFacts.Key(99));
    }

    [Fact]
    public void Fit_ManyContainerDevices_LoseWhatNobodyNeeds()
    {
        var pods = Enumerable.Range(100, 1500).Select(i => new LinkFact { Index = i, Name = $"veth.{i}", Kind = "veth", Up = true, Mtu = 1450, Counters = new LinkCounters() });
        var facts = With(Node(3), space => space with
        {
            Links = SampleFacts.Read<IReadOnlyList<LinkFact>>([.. space.Links.Value!, .. pods]),
            Sysctls = SampleFacts.Read<IReadOnlyDictionary<string, long>>(Enumerable.Range(100, 1500).ToDictionary(i => $"net.ipv4.conf.veth/{i}.forwarding", _ => 1L)
                .Append(KeyValuePair.Create("net.ipv4.conf.wg0.forwarding", 0L)).Append(KeyValuePair.Create("net.ipv4.ip_forward", 1L)).Append(KeyValuePair.Create("net.ipv4.conf.all.forwarding", 1L)).ToDictionary()),
        });
        var kept = Read(StatusSize.Fit(Started, facts, SampleReports.Healthy(facts)));
        kept.Truncated.ShouldBeFalse();
        kept.Namespaces[0].Sysctls.Value!.Keys.ShouldBe(["net.ipv4.conf.all.forwarding", "net.ipv4.conf.wg0.forwarding", "net.ipv4.ip_forward"], ignoreOrder: true);
        kept.Namespaces[0].Links.Value!.Count.ShouldBe(1502);
        kept.Namespaces[0].Links.Value!.Single(l => l.Name == "wg0").Counters.ShouldNotBeNull();
        kept.Namespaces[0].KernelWireGuard.Value![0].Peers.Count.ShouldBe(3);
    }

    [Fact]
    public void Complete_ManyLongFindings_AreBounded()
    {
        var facts = Node(1);
        var findings = Enumerable.Repeat(SampleReports.Finding(Severity.Error, "bad\n" + new string('ü', 9000)), 80).ToList();
        var report = SampleReports.Of(findings) with { CouldNotCheck = [.. Enumerable.Repeat(new CouldNotCheck("node-a", new string('w', 999), "r\u0007" + new string('r', 999)), 80)] };
        var status = StatusBuilder.Complete(Started, SampleFacts.At, facts, report).Status;
        status.Findings!.Count.ShouldBe(50);
        status.Findings.ShouldAllBe(f => f.Message.Length == 1024 && f.ConfidencePercent == 90 && !f.Message.Contains('\n'));
        status.CouldNotCheck!.Count.ShouldBe(50);
        status.CouldNotCheck.ShouldAllBe(c => c.What.Length == 256 && c.Reason.Length == 512 && !c.Reason.Contains('\a'));
    }

    private static string Verdict(NodeFacts facts)
    {
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput([facts], new Thresholds()));
        return string.Join('\n', report.RootCauses.Select(c => $"{c.Finding.Code} {c.Finding.Severity}").Concat(report.Tunnels.Select(t => $"{t.Tunnel.PeerKey} {t.State}")));
    }

    private static NodeFacts Node(int peers) =>
        SampleFacts.Node("node-a", SampleFacts.Namespace(SampleFacts.Device(Enumerable.Range(1, peers).Select(SampleFacts.Peer))));

    private static NodeFacts With(NodeFacts facts, Func<NamespaceFacts, NamespaceFacts> change) => facts with { Namespaces = [change(facts.Namespaces[0])] };

    private static NodeFacts Read(FittedStatus fitted) => fitted.Status.Facts!.Value.Deserialize(FactsJsonContext.Default.NodeFacts)!;

    /// <summary>The status inside its object, minus the object's frame.</summary>
    private static int WireSize(FittedStatus fitted)
    {
        var probe = Probes.Asking("run-1") with { Status = fitted.Status };
        var whole = JsonSerializer.SerializeToUtf8Bytes(probe, CrdsJsonContext.Default.NodeProbe).Length;
        var frame = JsonSerializer.SerializeToUtf8Bytes(probe with { Status = null }, CrdsJsonContext.Default.NodeProbe).Length;
        return whole - frame - ",\"status\":".Length;
    }
}
