// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.Diagnosis.Tests.Walking;

/// <summary>One pod behind a bridge, a host with an uplink and a tunnel, and what stops a packet on its way.</summary>
public sealed class PacketWalkerTests
{
    private readonly WalkLab _lab = new();

    [Fact]
    public void Walk_PodToRemotePod_GoesThroughTheTunnelAndLeavesByTheUplink()
    {
        var report = _lab.Walk("10.244.1.10", "10.244.2.7");

        report.Outcome.ShouldBe(WalkOutcome.Left);
        report.Steps.Select(step => $"{step.Place} {step.Stage}").ShouldBe(
        [
            "pod Source", "pod Routing", "pod Handover", "host Handover", "host Routing", "host Tunnel", "host Routing", "host Handover",
        ]);
        report.Steps[5].DecidedBy.ShouldBe($"AllowedIPs 10.244.2.0/24 of peer {WalkLab.PeerKey}");
        report.Steps[^1].What.ShouldBe("leaves by eth0 to 172.18.0.2");
    }

    [Fact]
    public void Walk_RemotePodToPod_ComesOutOfTheTunnelAndArrives()
    {
        var report = _lab.Walk("10.244.2.7", "10.244.1.10");

        report.Outcome.ShouldBe(WalkOutcome.Delivered);
        report.Steps.Select(step => $"{step.Place} {step.Stage}").ShouldBe(
            ["host Source", "host Decapsulation", "host Routing", "host Handover", "pod Routing", "pod Handover"]);
    }

    [Fact]
    public void Walk_SourceThatNoPeerMaySend_EndsAtDecapsulation()
    {
        var report = _lab.Walk("192.0.2.1", "10.244.1.10", "wg0");

        report.Outcome.ShouldBe(WalkOutcome.Dropped);
        report.Steps[^1].Stage.ShouldBe(WalkStage.Decapsulation);
        report.Summary.ShouldContain("192.0.2.1 in its AllowedIPs");
    }

    [Fact]
    public void Walk_DestinationOfNoPeer_EndsInTheTunnel()
    {
        _lab.Host.Route("10.244.3.0/24", "wg0");
        _lab.Walk("10.244.1.10", "10.244.3.7").Steps[^1].ShouldSatisfyAllConditions(
            step => step.Stage.ShouldBe(WalkStage.Tunnel),
            step => step.Outcome.ShouldBe(WalkOutcome.Dropped));
    }

    [Fact]
    public void Walk_PeerWithoutEndpoint_EndsInTheTunnel()
    {
        _lab.Host.Device = _lab.Host.Device! with { Peers = [_lab.Host.Device.Peers[0] with { Endpoint = null }] };
        _lab.Walk("10.244.1.10", "10.244.2.7").Steps[^1].What.ShouldBe("wg0: the peer has no endpoint");
    }

    [Fact]
    public void Walk_ForwardingOff_NamesTheSwitchOfTheIncomingDevice()
    {
        _lab.Host.Sysctls["net.ipv4.conf.cni0.forwarding"] = 0;
        var report = _lab.Walk("10.244.1.10", "10.244.2.7");

        report.Outcome.ShouldBe(WalkOutcome.Dropped);
        report.Steps[^1].DecidedBy.ShouldBe("net.ipv4.conf.cni0.forwarding = 0");
    }

    [Fact]
    public void Walk_ForwardingUnknown_IsNeverCalledPassed()
    {
        _lab.Host.Sysctls.Clear();
        _lab.Walk("10.244.1.10", "10.244.2.7").Outcome.ShouldBe(WalkOutcome.Undetermined);
    }

    [Fact]
    public void Walk_RuleThatDrops_NamesRuleAndOwner()
    {
        _lab.Host.Filter = WalkLab.Drop("KUBE-FORWARD", port: 443);
        var report = _lab.Walk("10.244.1.10", "10.244.2.7");

        report.Outcome.ShouldBe(WalkOutcome.Dropped);
        report.Steps[^1].Stage.ShouldBe(WalkStage.Forward);
        report.Steps[^1].DecidedBy.ShouldNotBeNull().ShouldContain("KUBE-FORWARD");
        report.Steps[^1].Owner.ShouldBe("kube-proxy");
        _lab.Walk("10.244.1.10", "10.244.2.7", port: 80).Outcome.ShouldBe(WalkOutcome.Left);
    }

    [Fact]
    public void Walk_RuleThatNeedsAnUnknownPort_IsUndetermined()
    {
        _lab.Host.Filter = WalkLab.Drop("f", port: 443);
        var report = _lab.Walk("10.244.1.10", "10.244.2.7", port: null);

        report.Outcome.ShouldBe(WalkOutcome.Undetermined);
        report.Summary.ShouldStartWith("nobody can tell");
    }

    [Fact]
    public void Walk_PacketFiltersUnread_IsUndetermined()
    {
        _lab.Host.FilterMissing = new NotAvailable(NotAvailableReason.NotPermitted, "EPERM");
        _lab.Walk("10.244.1.10", "10.244.2.7").Outcome.ShouldBe(WalkOutcome.Undetermined);
    }

    [Fact]
    public void Walk_KernelWithoutPacketFilters_Passes()
    {
        _lab.Host.FilterMissing = new NotAvailable(NotAvailableReason.NotPresent, "no nf_tables");
        _lab.Walk("10.244.1.10", "10.244.2.7").Outcome.ShouldBe(WalkOutcome.Left);
    }

    [Fact]
    public void Walk_ToItself_GoesOverLoopbackAndIsNotRoutedAgain()
    {
        _lab.Host.Refusal = "EINVAL"; // what the kernel says to a lookup with a local source that comes in by lo
        var report = _lab.Walk("172.18.0.1", "172.18.0.1");

        report.Outcome.ShouldBe(WalkOutcome.Delivered);
        report.Steps.Count(step => step.Stage == WalkStage.Routing).ShouldBe(1);
    }

    [Fact]
    public void Walk_NoRoute_SaysSo()
    {
        var report = _lab.Walk("10.244.1.10", "203.0.113.1");

        report.Outcome.ShouldBe(WalkOutcome.Dropped);
        report.Steps[^1].What.ShouldBe("no route to 203.0.113.1");
    }

    [Fact]
    public void Walk_SourceThatNoRouteLeadsBackTo_AsksForTheDevice()
    {
        var report = _lab.Walk("203.0.113.1", "10.244.1.10");

        report.Outcome.ShouldBe(WalkOutcome.Undetermined);
        report.Summary.ShouldContain("name the device it comes in by");
    }

    [Fact]
    public void Walk_UnknownDevice_IsUndetermined() =>
        _lab.Walk("203.0.113.1", "10.244.1.10", "nosuch0").Summary.ShouldContain("there is no device nosuch0");

    [Fact]
    public void Walk_TooLongIpv4_MayBeCutAndIsUndetermined()
    {
        var report = _lab.Walk("10.244.1.10", "10.244.2.7", length: 1450);

        report.Outcome.ShouldBe(WalkOutcome.Undetermined);
        report.Steps.ShouldContain(step => step.Stage == WalkStage.Mtu && step.DecidedBy == "mtu 1420 of wg0");
    }

    [Fact]
    public void Walk_RoutesInACircle_Ends()
    {
        // A pod that sends everything back: host and pod hand the packet to each other for ever.
        _lab.Pod.Forwards = true;
        _lab.Host.Route("10.9.0.0/16", "cni0", via: "10.244.1.10");
        var report = _lab.Walk("10.244.2.7", "10.9.0.1");

        report.Outcome.ShouldBe(WalkOutcome.Undetermined);
        report.Steps[^1].What.ShouldBe("it goes round in circles");
    }

    [Theory]
    [InlineData("EXDEV", "reverse path filter")]
    [InlineData("EHOSTUNREACH", "forwarding is off, or no route")]
    [InlineData("EINVAL", "martian")]
    [InlineData("EACCES", "the kernel refuses a route to 10.244.1.10: EACCES")]
    public void Walk_KernelRefuses_SaysWhatTheErrorStandsFor(string error, string words)
    {
        _lab.Host.Refusal = error;
        _lab.Walk("10.244.2.7", "10.244.1.10", "wg0").Summary.ShouldContain(words);
    }

    [Fact]
    public void Constructor_NoNamespaces_Refuses() => Should.Throw<ArgumentException>(() => new PacketWalker([], null));
}
