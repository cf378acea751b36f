// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Which backends and hooks count as in use.</summary>
public sealed class FilterWorldsTests
{
    private static readonly NetfilterRule Rule = new() { Handle = 1, Expressions = [new VerdictExpression(Verdict.Drop)] };

    [Fact]
    public void BothBackendsWithRules_ShareTheirCommonHooks()
    {
        var fact = Fact(
            Table(NetfilterBackend.Legacy, NetfilterFamily.Ipv4, (NetfilterHook.Forward, true), (NetfilterHook.Input, true)),
            Table(NetfilterBackend.NfTables, NetfilterFamily.Inet, (NetfilterHook.Forward, true), (NetfilterHook.Output, true)));
        var worlds = FilterWorlds.Of(fact);
        worlds[0].IsMixed.ShouldBeTrue();
        worlds[0].SharedHooks.ShouldBe([NetfilterHook.Forward]);
        worlds[1].Family.ShouldBe(NetfilterFamily.Ipv6);
        worlds[1].Backends.ShouldBe([NetfilterBackend.NfTables]);
        worlds[1].SharedHooks.ShouldBeEmpty();
    }

    [Fact]
    public void EmptyOrDormantTables_AreNotInUse()
    {
        var dormant = Table(NetfilterBackend.NfTables, NetfilterFamily.Ipv4, (NetfilterHook.Forward, true)) with { Dormant = true };
        var worlds = FilterWorlds.Of(Fact(Table(NetfilterBackend.Legacy, NetfilterFamily.Ipv4, (NetfilterHook.Forward, false)), dormant));
        worlds.ShouldAllBe(world => world.Backends.Count == 0 && !world.IsMixed);
    }

    [Fact]
    public void PolicyOfDrop_IsInUseWithoutRules()
    {
        var table = Table(NetfilterBackend.Legacy, NetfilterFamily.Ipv6, (NetfilterHook.Forward, false));
        table = table with { Chains = [table.Chains[0] with { Policy = NetfilterPolicy.Drop }] };
        FilterWorlds.Of(Fact(table))[1].Backends.ShouldBe([NetfilterBackend.Legacy]);
    }

    private static NetfilterFact Fact(params NetfilterTable[] tables) => new() { Tables = tables };

    private static NetfilterTable Table(NetfilterBackend backend, NetfilterFamily family, params (NetfilterHook Hook, bool HasRule)[] chains) => new()
    {
        Backend = backend,
        Family = family,
        Name = "filter",
        Chains = [.. chains.Select(chain => new NetfilterChain { Name = chain.Hook.ToString(), Hook = chain.Hook, Policy = NetfilterPolicy.Accept, Rules = chain.HasRule ? [Rule] : [] })],
    };
}
