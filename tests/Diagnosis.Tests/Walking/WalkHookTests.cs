// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Binary;
using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Tests.Walking;

/// <summary>Hooks in front of and behind the IP stack, quotas, and what hides behind a switch that is off.</summary>
public sealed class WalkHookTests
{
    private readonly WalkLab _lab = new();

    public WalkHookTests()
    {
        _lab.Host.Address(5, "10.244.1.0");
        _lab.Host.Route("0.0.0.0/0", "eth0", via: "172.18.0.254");
    }

    [Theory]
    [InlineData("eth0", WalkPurpose.OuterIn)]
    [InlineData("eth*", WalkPurpose.OuterIn)]
    [InlineData("wg0", WalkPurpose.InnerIn)]
    public void Ingress_OfADevice_SeesWhatComesInByIt(string device, WalkPurpose purpose)
    {
        _lab.Host.Filter = Of(NetfilterFamily.Netdev, Rulesets.Base(NetfilterHook.Ingress, 0, [Rulesets.Drop]) with { Devices = [device] });
        var dropped = Walk().Where(walk => walk.Result == WalkResult.Dropped).ToList();
        dropped.ShouldContain(walk => walk.Purpose == purpose && walk.Stop!.Rule!.Family == NetfilterFamily.Netdev);
        dropped.ShouldNotContain(walk => walk.Purpose == (purpose == WalkPurpose.InnerIn ? WalkPurpose.OuterIn : WalkPurpose.InnerIn));
        dropped.ShouldNotContain(walk => walk.Purpose == WalkPurpose.OuterOut);
    }

    [Fact]
    public void Egress_OfTheUplink_SeesWhatLeaves()
    {
        _lab.Host.Filter = Of(NetfilterFamily.Netdev, Rulesets.Base(NetfilterHook.Egress, 0, [Rulesets.Drop]) with { Devices = ["eth0"] });
        var dropped = Walk().Where(walk => walk.Result == WalkResult.Dropped).Select(walk => walk.Purpose).Distinct().ToList();
        dropped.ShouldContain(WalkPurpose.OuterOut);
        dropped.ShouldNotContain(WalkPurpose.OuterIn);
    }

    [Theory]
    [InlineData("veth-pod", true)]
    [InlineData("veth-other", false)]
    public void Bridge_DropsAtEveryPort_EndsThePacket(string port, bool ends)
    {
        const uint OutputName = 7;
        var name = new byte[16];
        Encoding.ASCII.GetBytes(port, name);
        _lab.Host.Filter = Of(NetfilterFamily.Bridge, Rulesets.Base(NetfilterHook.Output, 0, [new MetaLoad(0, OutputName), new Compare(0, CompareOperator.Equal, new HexBytes(name)), Rulesets.Drop]));
        Walk().Any(walk => walk is { Purpose: WalkPurpose.InnerIn, Result: WalkResult.Dropped, Stop.Rule.Family: NetfilterFamily.Bridge }).ShouldBe(ends);
        // With a second port nobody knows by which one it leaves.
        _lab.Host.Link(9, "veth-second", "veth", master: 3);
        Walk().ShouldNotContain(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Result == WalkResult.Dropped);
    }

    [Theory]
    [InlineData(2000UL, 2100UL, WalkResult.Dropped)]
    [InlineData(2000UL, 100UL, WalkResult.Undetermined)]
    public void Quota_IsToldWithWhatWasUsed(ulong bytes, ulong consumed, WalkResult result)
    {
        _lab.Host.Filter = Of(NetfilterFamily.Inet, Rulesets.Base(NetfilterHook.Input, 0, [.. Rulesets.Port(51820), new QuotaExpression(bytes, consumed, Inverted: true), Rulesets.Drop]));
        Walk().Where(walk => walk.Purpose == WalkPurpose.OuterIn).ShouldAllBe(walk => walk.Result == result);
    }

    [Theory]
    [InlineData((ushort)1000, true)]
    [InlineData((ushort)9000, false)]
    public void LongPackets_AreToldWhereARuleDropsThemAlone(ushort limit, bool told)
    {
        const uint MetaLength = 0;
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, limit);
        _lab.Host.Filter = Of(NetfilterFamily.Inet, Rulesets.Base(
            NetfilterHook.Forward, 0, [new MetaLoad(0, MetaLength), new ByteOrder(0, 0, 4, 4, ToNetwork: true), new Compare(0, CompareOperator.Greater, new HexBytes(bytes)), Rulesets.Drop]));
        Walk().Any(walk => walk.Purpose == WalkPurpose.LongIn && walk.Stop!.Rule is not null).ShouldBe(told);
        Walk().Where(walk => walk.Purpose == WalkPurpose.InnerIn).ShouldAllBe(walk => walk.Result == WalkResult.Passed);
    }

    [Theory]
    [InlineData(5UL, true)]
    [InlineData(0UL, false)]
    public void Undecided_RuleWhoseCounterGrew_IsSuspected(ulong growth, bool suspected)
    {
        _lab.Host.Filter = Of(NetfilterFamily.Inet, Counted(Rulesets.Base(NetfilterHook.Forward, 0, [new LimitExpression(40, 1, 5, Inverted: true), Rulesets.Drop])));
        Walk(growth).Where(walk => walk.Purpose == WalkPurpose.InnerIn && walk.States.Contains(WalkState.New))
            .ShouldAllBe(walk => walk.Result == WalkResult.Undetermined && (walk.Stop != null) == suspected);
    }

    [Fact]
    public void ForwardingOff_TellsOfTheFilterBehindIt()
    {
        _lab.Host.Sysctls["net.ipv4.conf.wg0.forwarding"] = 0;
        _lab.Host.Filter = Of(NetfilterFamily.Inet, Rulesets.Base(NetfilterHook.Forward, 0, [Rulesets.Drop]));
        var inward = Walk().Where(walk => walk.Purpose == WalkPurpose.InnerIn && walk.States.Contains(WalkState.New)).ToList();
        inward.ShouldContain(walk => walk.Stop!.Kind == WalkStopKind.ForwardingOff);
        inward.ShouldContain(walk => walk.Stop!.Kind == WalkStopKind.FilterRule);
        _lab.Host.Filter = new NetfilterFact();
        Walk().Where(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Result == WalkResult.Dropped).ShouldAllBe(walk => walk.Stop!.Kind == WalkStopKind.ForwardingOff);
    }

    [Theory]
    [InlineData("10.244.2.0/24", WalkResult.Passed)]
    [InlineData("10.99.0.0/24", WalkResult.Dropped)]
    public void ReversePathMatch_AsksTheTablesForASourceThatIsNotTheHosts(string behindTheTunnel, WalkResult result)
    {
        // The kernel refuses a question with a foreign source and no incoming device, whatever the tables hold.
        var space = new WalkSpace("router") { Forwards = true, RefusesForeignSources = true, Device = _lab.Host.Device };
        space.Link(1, "lo", loopback: true).Link(2, "eth0", mtu: 1500).Link(3, "lan0").Link(5, "wg0", "wireguard");
        space.Address(2, "172.18.0.1").Address(3, "10.244.1.1").Address(5, "10.244.1.0");
        space.Route("172.18.0.0/24", "eth0").Route("10.244.1.0/24", "lan0").Route(behindTheTunnel, "wg0");
        if (result == WalkResult.Dropped) space.Route("10.244.2.0/25", "wg0").Route("10.244.2.0/26", "eth0");
        space.Filter = Of(NetfilterFamily.Ipv4, Rulesets.Base(NetfilterHook.Prerouting, -300, [new XtRpfilter(Inverted: true), Rulesets.Drop]));
        var built = space.Build();
        var facts = new NodeFacts { Node = "n", At = WalkSpace.Now, Namespaces = [built.Facts] };
        WalkSampler.Walk(facts, [built], new WalkSampling { Now = WalkSpace.Now }).Namespaces[0].Walks!.Value!
            .Where(walk => walk.Purpose == WalkPurpose.InnerIn && walk.States.Contains(WalkState.New)).ShouldAllBe(walk => walk.Result == result);
    }

    private IReadOnlyList<WalkFact> Walk(ulong? growth = null)
    {
        var host = _lab.Host.Build();
        var facts = new NodeFacts { Node = "n", At = WalkSpace.Now, Namespaces = [host.Facts] };
        return WalkSampler.Walk(facts, [host], new WalkSampling { Now = WalkSpace.Now, Growth = (_, _) => growth }).Namespaces[0].Walks!.Value!;
    }

    private static NetfilterChain Counted(NetfilterChain chain) => chain with { Rules = [.. chain.Rules.Select(rule => rule with { Counter = new RuleCounter(7, 588) })] };

    private static NetfilterFact Of(NetfilterFamily family, NetfilterChain chain) => new() { Tables = [Rulesets.Table(chain) with { Family = family }] };
}
