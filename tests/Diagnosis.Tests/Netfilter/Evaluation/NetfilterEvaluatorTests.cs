// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using static KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation.Rulesets;

namespace KubeWgDiag.Diagnosis.Tests.Netfilter.Evaluation;

/// <summary>Verdicts on rule sets written by hand; the kernel is asked in tests/Netfilter.Kernel.Tests.</summary>
public sealed class NetfilterEvaluatorTests
{
    [Fact]
    public void Evaluate_NothingLoaded_Accepts()
    {
        var result = new NetfilterEvaluator(new NetfilterFact()).Evaluate(Packet, PacketPath.Forward);
        result.Verdict.ShouldBe(FilterVerdict.Accepted);
        result.Decision.ShouldBeNull();
    }

    [Fact]
    public void Evaluate_RuleDrops_NamesTheRule()
    {
        var result = Table(Base(NetfilterHook.Forward, 0, [.. Port(80), Accept], [.. Port(443), Drop])).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Dropped);
        result.Decision.ShouldNotBeNull().ToString().ShouldBe("inet t Forward0 handle 2");
        result.Hooks[^1].Hook.ShouldBe(NetfilterHook.Forward);
    }

    [Fact]
    public void Evaluate_NoRuleDecides_PolicyDoes()
    {
        var result = Table(Base(NetfilterHook.Forward, 0) with { Policy = NetfilterPolicy.Drop }).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Dropped);
        result.Decision.ShouldNotBeNull().Rule.ShouldBeNull();
    }

    [Fact]
    public void Evaluate_AcceptInOneChain_NextBaseChainStillDrops() =>
        Table(Base(NetfilterHook.Forward, 0, [Accept]), Base(NetfilterHook.Forward, 10, [Drop])).Forward().Decision.ShouldNotBeNull().Chain.Name.ShouldBe("Forward10");

    [Fact]
    public void Evaluate_ReturnFromJump_GoesOnBehindIt() =>
        Table(Base(NetfilterHook.Forward, 0, [Jump("c")], [Drop]), Chain("c", [Return], [Accept])).Forward().Verdict.ShouldBe(FilterVerdict.Dropped);

    [Fact]
    public void Evaluate_EndOfGoto_IsThePolicy() =>
        Table(Base(NetfilterHook.Forward, 0, [Goto("c")], [Drop]), Chain("c", [.. Port(80), Drop])).Forward().Verdict.ShouldBe(FilterVerdict.Accepted);

    [Fact]
    public void Evaluate_MarkOfPrerouting_IsSeenInForward()
    {
        var result = Table(Base(NetfilterHook.Prerouting, 0, SetMark(5)), Base(NetfilterHook.Forward, 0, [.. Mark(5), Drop])).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Dropped);
        result.Rewrites.ShouldNotBeNull().Single().Kind.ShouldBe("mark");
        result.FinalMark.ShouldBe(5u);
    }

    [Fact]
    public void Evaluate_UnknownThatMatters_IsUndeterminedAndNamed()
    {
        var result = Table(Base(NetfilterHook.Output, 0, [.. User(1000), Drop])).Output();
        result.Verdict.ShouldBe(FilterVerdict.Undetermined);
        result.Undecided.ShouldContain(undecided => undecided.Expression == "meta skuid" && undecided.Rule!.Handle == 1);
        result.Alternatives.Count.ShouldBe(2);
    }

    [Fact]
    public void Evaluate_UnknownThatMakesNoDifference_IsDecided()
    {
        var result = Table(Base(NetfilterHook.Output, 0, [.. User(1000), Drop], [Drop])).Output();
        result.Verdict.ShouldBe(FilterVerdict.Dropped);
        result.Decision.ShouldBeNull("either rule may be it");
        result.Undecided.ShouldBeEmpty();
    }

    [Fact]
    public void Evaluate_SameUnknownAskedTwice_HasOneAnswer() =>
        Table(Base(NetfilterHook.Output, 0, [.. User(1000), Accept], [.. User(1000, equal: false), Accept], [Drop]))
            .Output(Packet with { Socket = new PacketSocket() }).Verdict.ShouldBe(FilterVerdict.Accepted);

    [Fact]
    public void Evaluate_ForwardedPacket_HasNoSocket() =>
        Table(Base(NetfilterHook.Forward, 0, [.. User(0), Drop])).Forward().Verdict.ShouldBe(FilterVerdict.Accepted);

    [Theory]
    [InlineData(LimitAssumption.Either, FilterVerdict.Undetermined)]
    [InlineData(LimitAssumption.AssumeBelow, FilterVerdict.Accepted)]
    [InlineData(LimitAssumption.AssumeAbove, FilterVerdict.Dropped)]
    public void Evaluate_Limit_IsSupposedAsAsked(LimitAssumption assumption, FilterVerdict verdict) =>
        Table(Base(NetfilterHook.Forward, 0, [new LimitExpression(10, 1, 5), Accept], [Drop])).Forward(options: new EvaluationOptions { Limits = assumption }).Verdict.ShouldBe(verdict);

    [Fact]
    public void Evaluate_RandomEndpoint_IsAcceptedWithOneAlternativeForEach()
    {
        var nat = Base(NetfilterHook.Prerouting, -100, [new NumberGenerator(0, 2, Random: true), new Lookup("m", 0, 4), new NatExpression(true, NetfilterFamily.Ipv4, 4)]) with { Type = "nat" };
        var map = new NetfilterSet
        {
            Name = "m",
            Map = true,
            KeyLength = 4,
            DataLength = 4,
            Elements = [new() { Key = Hex(0, 0, 0, 0), Data = Hex(10, 244, 2, 8) }, new() { Key = Hex(1, 0, 0, 0), Data = Hex(10, 244, 2, 9) }],
        };
        var result = (Table(nat) with { Sets = [map] }).Forward(environment: new Everywhere());
        result.Verdict.ShouldBe(FilterVerdict.Accepted);
        result.Rewrites.ShouldBeNull();
        result.Alternatives.Select(alternative => alternative.Packet.Destination.ToString()).ShouldBe(["10.244.2.8", "10.244.2.9"]);
    }

    [Fact]
    public void Evaluate_RewrittenToThisNode_GoesToInput()
    {
        var nat = Base(NetfilterHook.Prerouting, -100, [new Immediate(0, Hex(10, 0, 0, 1)), new NatExpression(true, NetfilterFamily.Ipv4, 0)]) with { Type = "nat" };
        var result = Table(nat, Base(NetfilterHook.Input, 0, [Drop])).Forward(environment: new Everywhere());
        result.Verdict.ShouldBe(FilterVerdict.Dropped);
        result.Hooks.Select(hook => hook.Hook).ShouldBe([NetfilterHook.Prerouting, NetfilterHook.Input]);
    }

    [Fact]
    public void Evaluate_EqualPrioritiesAndOneDrops_OrderMakesNoDifference() =>
        Table(Base(NetfilterHook.Forward, 0, [Accept]), Base(NetfilterHook.Forward, 0, [Drop]) with { Name = "other" }).Forward().Decision.ShouldNotBeNull().Chain.Name.ShouldBe("other");

    [Fact]
    public void Evaluate_EqualPrioritiesAndAMarkBetween_IsUndetermined()
    {
        var result = Table(Base(NetfilterHook.Forward, 0, SetMark(1)), Base(NetfilterHook.Forward, 0, [.. Mark(1), Drop]) with { Name = "other" }).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Undetermined);
        result.Undecided.ShouldContain(undecided => undecided.Expression == "order");
    }

    [Fact]
    public void Evaluate_UnknownExpression_IsUndeterminedAndNamed()
    {
        var result = Table(Base(NetfilterHook.Forward, 0, [new UnknownExpression("mystery", 8), Accept])).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Undetermined);
        result.Undecided.ShouldContain(undecided => undecided.Expression == "mystery");
    }

    [Fact]
    public void Evaluate_SetNotReadWhole_NotFindingProvesNothing()
    {
        var set = new NetfilterSet { Name = "s", KeyLength = 2, Incomplete = true };
        var table = Table(Base(NetfilterHook.Forward, 0, [new PayloadLoad(0, PayloadBase.Transport, 2, 2), new Lookup("s", 0), Drop])) with { Sets = [set] };
        table.Forward().Verdict.ShouldBe(FilterVerdict.Undetermined);
    }

    [Theory]
    [InlineData(15, 8)]
    [InlineData(-1, 4)]
    [InlineData(int.MaxValue, 4)]
    public void Evaluate_RegisterThatDoesNotExist_IsUndetermined(int register, int length) =>
        Table(Base(NetfilterHook.Forward, 0, [new PayloadLoad(register, PayloadBase.Network, 0, length), Accept])).Forward().Verdict.ShouldBe(FilterVerdict.Undetermined);

    [Fact]
    public void Evaluate_CircleOfGotos_EndsUndetermined() =>
        Table(Base(NetfilterHook.Forward, 0, [Goto("a")]), Chain("a", [Goto("b")]), Chain("b", [Goto("a")])).Forward().Verdict.ShouldBe(FilterVerdict.Undetermined);

    [Fact]
    public void Evaluate_CircleOfJumps_DropsAsTheKernelsStackEnds() =>
        Table(Base(NetfilterHook.Forward, 0, [Jump("a")]), Chain("a", [Jump("a")])).Forward().Verdict.ShouldBe(FilterVerdict.Dropped);

    [Fact]
    public void Evaluate_MissingChain_IsUndetermined() => Table(Base(NetfilterHook.Forward, 0, [Jump("gone")])).Forward().Verdict.ShouldBe(FilterVerdict.Undetermined);

    [Fact]
    public void Evaluate_ManyRandomForks_StaysBounded()
    {
        var rules = Enumerable.Range(0, 64).Select(i => (Expression[])[new LimitExpression(1, 1, 1), .. SetMark((uint)i + 1)]).ToArray();
        var result = Table(Base(NetfilterHook.Forward, 0, rules)).Forward();
        result.Verdict.ShouldBe(FilterVerdict.Undetermined);
        result.Paths.ShouldBeLessThanOrEqualTo(EvaluationOptions.Default.MaxPaths);
        result.Undecided.ShouldNotBeEmpty();
    }

    [Fact]
    public void Evaluate_FiftyThousandRules_LooksAtEachOnce()
    {
        // Sixteen chains deep, the last one long: a packet that no rule matches sees every one of them.
        var chains = Enumerable.Range(0, 15).Select(i => Chain($"c{i}", [.. Enumerable.Range(0, 1000).Select(_ => (Expression[])[.. Port(1), Drop]), [Jump($"c{i + 1}")]])).ToList();
        chains.Add(Chain("c15", [.. Enumerable.Range(0, 35_000).Select(_ => (Expression[])[.. Port(2), Drop])]));
        var evaluator = new NetfilterEvaluator(new NetfilterFact { Tables = [Table([Base(NetfilterHook.Forward, 0, [Jump("c0")]), .. chains])] });
        var result = evaluator.Evaluate(Packet, PacketPath.Forward);
        result.Verdict.ShouldBe(FilterVerdict.Accepted);
        // Each rule once: 144 ms in a debug build.
        result.RulesEvaluated.ShouldBeInRange(50_000, 51_000);
    }

    /// <summary>A node with one address of its own and one route for the rest.</summary>
    private sealed class Everywhere : IPacketEnvironment
    {
        public DateTimeOffset? Now => null;

        public RouteType? AddressType(IpAddr address, PacketInterface? device) => null;

        public RouteAnswer? Route(RouteQuestion question) => question.Destination == IpAddr.Parse("10.0.0.1") ? new RouteAnswer(RouteType.Local) : new RouteAnswer(RouteType.Unicast, Packet.Output);

        public IpAddr? SourceAddress(PacketInterface device, IpAddr destination) => null;

        public IpAddr? FirstAddress(PacketInterface device, IpFamily family) => null;
    }
}
