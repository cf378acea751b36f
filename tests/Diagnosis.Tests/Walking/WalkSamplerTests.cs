// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking;
using KubeWgDiag.Diagnosis.Walking.Samples;

namespace KubeWgDiag.Diagnosis.Tests.Walking;

public sealed class WalkSamplerTests
{
    private const uint InputName = 6, OutputName = 7;

    private readonly WalkLab _lab = new();

    public WalkSamplerTests()
    {
        _lab.Host.Address(5, "10.244.1.0");
        _lab.Host.Route("0.0.0.0/0", "eth0", via: "172.18.0.254");
    }

    [Fact]
    public void Walk_NothingFilters_AllPassAndTakeLittleRoom()
    {
        var walks = Walk();

        walks.ShouldAllBe(walk => walk.Result == WalkResult.Passed && walk.Packet == null && walk.Stop == null);
        walks.Select(walk => walk.Purpose).Distinct().ShouldBe(
        [
            WalkPurpose.OuterOut, WalkPurpose.OuterIn, WalkPurpose.DeviceAddressFromOutside, WalkPurpose.LocalOut, WalkPurpose.LocalIn, WalkPurpose.InnerOut,
            WalkPurpose.InnerIn, WalkPurpose.TooBigIn, WalkPurpose.TooBigOut, WalkPurpose.Exit,
        ], ignoreOrder: true);
        walks.Single(walk => walk.Purpose == WalkPurpose.InnerIn).States.ShouldBe([WalkState.New, WalkState.Established, WalkState.Invalid]);
    }

    [Fact]
    public void Walk_ForwardDropsFromTheTunnel_EndsAtTheRuleInBothStates()
    {
        _lab.Host.Filter = Of(Rulesets.Base(NetfilterHook.Forward, 0, [.. Device(InputName, "wg0"), new CounterExpression(7, 588), Rulesets.Drop]));
        var ended = Walk(growth: 3).Where(walk => walk.Result == WalkResult.Dropped && walk.Purpose == WalkPurpose.InnerIn && walk.Protocols is null).ToList();

        ended.SelectMany(walk => walk.States).ShouldBe([WalkState.New, WalkState.Established, WalkState.Invalid], ignoreOrder: true);
        ended[0].Stop.ShouldNotBeNull().Kind.ShouldBe(WalkStopKind.FilterRule);
        ended[0].Local.ShouldBe(IpPrefix.Parse("10.244.1.0/24"));
        ended[0].Peers.ShouldBe([WalkLab.PeerKey]);
        Walk().ShouldContain(walk => walk.Purpose == WalkPurpose.InnerOut && walk.Result == WalkResult.Passed);
        Walk().ShouldContain(walk => walk.Purpose == WalkPurpose.LocalIn && walk.Result == WalkResult.Passed);
    }

    [Fact]
    public void Walk_DropOfOneProtocol_NamesTheProtocol()
    {
        const byte MetaL4Proto = 16;
        _lab.Host.Filter = Of(Rulesets.Base(NetfilterHook.Forward, 0, [new MetaLoad(0, MetaL4Proto), new Compare(0, CompareOperator.Equal, Rulesets.Hex(17)), Rulesets.Drop]));
        Walk().Where(walk => walk.Result == WalkResult.Dropped).ShouldAllBe(walk => walk.Protocols != null && walk.Protocols.SequenceEqual(new byte[] { 17 }));
    }

    [Fact]
    public void Walk_LimitDecides_IsUndetermined()
    {
        _lab.Host.Filter = Of(Rulesets.Base(NetfilterHook.Forward, 0, [new LimitExpression(5, 1, 5), Rulesets.Accept], [Rulesets.Drop]));
        var open = Walk().Where(walk => walk.Purpose == WalkPurpose.InnerIn).ToList();
        open.ShouldAllBe(walk => walk.Result == WalkResult.Undetermined);
        open[0].DependsOn.ShouldNotBeNull().ShouldContain("limit");
    }

    [Fact]
    public void Walk_OuterToAnotherPort_IsDiverted()
    {
        _lab.Host.Filter = Of(Nat(NetfilterHook.Prerouting, Rulesets.Port(51820), new NatExpression(true, NetfilterFamily.Ipv4, 4, 4), "10.244.1.10"));
        var diverted = Walk().Single(walk => walk.Purpose == WalkPurpose.OuterIn && walk.Result != WalkResult.Passed);

        diverted.Result.ShouldBe(WalkResult.Diverted);
        diverted.States.ShouldBe([WalkState.New]);
        diverted.Nat.ShouldNotBeNull().Destination.ShouldBe(IpAddr.Parse("10.244.1.10"));
    }

    [Fact]
    public void Walk_SourceTranslatedIntoTheTunnel_TellsTheNewSource()
    {
        _lab.Host.Filter = Of(Nat(NetfilterHook.Postrouting, Device(OutputName, "wg0"), new NatExpression(false, NetfilterFamily.Ipv4, 4, 4), "172.18.0.1"));
        var walk = Walk().First(item => item.Purpose == WalkPurpose.InnerOut && item.Nat is not null);

        walk.Result.ShouldBe(WalkResult.Passed);
        walk.Nat!.Source.ShouldBe(IpAddr.Parse("172.18.0.1"));
        walk.Nat.Rule.ShouldNotBeNull().Chain.ShouldBe("Postrouting100");
    }

    [Fact]
    public void Walk_PodThatWasRead_IsWalkedInto()
    {
        _lab.Pod.Filter = Of(Rulesets.Base(NetfilterHook.Input, 0, [Rulesets.Drop]));
        var host = _lab.Host.Build();
        var pod = _lab.Pod.Build();
        // The pod's own address stands for the network behind the node when the scan found it.
        var facts = Facts(host.Facts, pod.Facts) with
        {
            OtherNamespaces = new Fact<NamespaceScanFact>
            {
                Source = "test",
                At = WalkSpace.Now,
                Value = new NamespaceScanFact { Found = 2, Processes = 2, Others = [new NamespaceSummaryFact { Id = "net:[9]", Addresses = [IpAddr.Parse("10.244.1.10")] }] },
            },
        };
        var walks = WalkSampler.Walk(facts, [host, pod], new WalkSampling { Now = WalkSpace.Now }).Namespaces[0].Walks!.Value!;
        walks.ShouldContain(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Stop != null && walk.Stop.Place == "pod");
    }

    [Fact]
    public void Walk_PodThatWasReadWhole_IsTriedByItsOwnAddress()
    {
        _lab.Pod.Filter = Of(Rulesets.Base(NetfilterHook.Input, 0, [Rulesets.Drop]));
        var (host, pod) = (_lab.Host.Build(), _lab.Pod.Build());
        var walks = WalkSampler.Walk(Facts(host.Facts, pod.Facts), [host, pod], new WalkSampling { Now = WalkSpace.Now }).Namespaces[0].Walks!.Value!;
        walks.ShouldContain(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Local == IpPrefix.Parse("10.244.1.10/32") && walk.Stop != null && walk.Stop.Place == "pod");

        // An address that somebody made up is not the pod's, which forwards nothing: nobody is to blame for that.
        walks.ShouldNotContain(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Local == IpPrefix.Parse("10.244.1.0/24") && walk.Stop != null);
    }

    [Theory]
    [InlineData(true, 5ul, true)]
    [InlineData(true, 0ul, false)]
    [InlineData(false, 5ul, false)]
    public void Walk_PodThatNobodyAskedFor_IsToldOfWhereItDroppedStrangersOnly(bool nodePasses, ulong dropped, bool told)
    {
        Expression[] node = [new PayloadLoad(0, PayloadBase.Network, 12, 4), new Compare(0, CompareOperator.Equal, Rulesets.Hex(10, 244, 1, (byte)(nodePasses ? 1 : 99))), Rulesets.Accept];
        var chain = Rulesets.Base(NetfilterHook.Input, 0, node, [Rulesets.Drop]);
        _lab.Pod.Filter = Of(chain with { Rules = [chain.Rules[0], chain.Rules[1] with { Counter = new RuleCounter(dropped, 84 * dropped) }] });
        var (host, pod) = (_lab.Host.Build(), _lab.Pod.Build());
        var walks = WalkSampler.Walk(Facts(host.Facts, pod.Facts), [host, pod with { Sampled = true }], new WalkSampling { Now = WalkSpace.Now }).Namespaces[0].Walks!.Value!;
        walks.Any(walk => walk.Purpose == WalkPurpose.InnerIn && walk.Stop is { Place: "pod" }).ShouldBe(told);
    }

    [Fact]
    public void Walk_FiltersUnread_SaysWhy()
    {
        _lab.Host.FilterMissing = new NotAvailable(NotAvailableReason.NotPermitted, "EPERM");
        var host = _lab.Host.Build();
        var fact = WalkSampler.Walk(Facts(host.Facts), [host], new WalkSampling()).Namespaces[0].Walks.ShouldNotBeNull();
        fact.Value.ShouldBeNull();
        fact.NotAvailable!.Reason.ShouldBe(NotAvailableReason.NotPermitted);
    }

    [Fact]
    public void Walk_TimeIsOver_StillWalksTheFirstPeer()
    {
        var host = _lab.Host.Build();
        WalkSampler.Walk(Facts(host.Facts), [host], new WalkSampling { IsOver = () => true }).Namespaces[0].Walks!.Value!
            .Select(walk => walk.Purpose).ShouldContain(WalkPurpose.InnerIn);
    }

    private IReadOnlyList<WalkFact> Walk(ulong? growth = null)
    {
        var host = _lab.Host.Build();
        return WalkSampler.Walk(Facts(host.Facts), [host], new WalkSampling { Now = WalkSpace.Now, Growth = (_, _) => growth }).Namespaces[0].Walks!.Value!;
    }

    private static NodeFacts Facts(params NamespaceFacts[] spaces) => new() { Node = "n", At = WalkSpace.Now, Namespaces = spaces };

    private static NetfilterFact Of(NetfilterChain chain) => new() { Tables = [Rulesets.Table(chain) with { Family = NetfilterFamily.Ipv4 }] };

    private static Expression[] Device(uint key, string name)
    {
        var bytes = new byte[16];
        Encoding.ASCII.GetBytes(name, bytes);
        return [new MetaLoad(0, key), new Compare(0, CompareOperator.Equal, new HexBytes(bytes))];
    }

    private static NetfilterChain Nat(NetfilterHook hook, Expression[] match, NatExpression nat, string address)
    {
        var bits = (uint)IpAddr.Parse(address).Bits;
        var bytes = Rulesets.Hex((byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits);
        return Rulesets.Base(hook, hook == NetfilterHook.Postrouting ? 100 : -100, [.. match, new Immediate(4, bytes), nat]) with { Type = "nat" };
    }
}
