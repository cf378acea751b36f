// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_CHAIN_*: 1 table, 2 handle, 3 name, 4 hook, 5 policy, 6 use, 7 type, 8 counters, 9 padding, 10 flags, 11 id, 12 user data.</summary>
internal sealed class ChainDump(NfContext context, RulesetBuilder ruleset) : DumpHandler(context, NfTablesTypes.NewChain)
{
    private const uint FlagBinding = 4;

    protected override void Forget()
    {
        foreach (var table in ruleset.Tables) table.ClearChains();
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 12);
        if (Context.Names.Get(a[3]) is not { } name || ruleset.Find(Context.Family, Context.Names.Get(a[1])) is not { } table) return false;
        Context.Unknown += a.Unknown;
        var chain = new NetfilterChain
        {
            Name = name,
            Handle = a.UInt64(2) ?? 0,
            Anonymous = ((a.UInt32(10) ?? 0) & FlagBinding) != 0,
            Comment = UserData.Text(a[12], UserData.Comment),
        };
        table.Add(a.Has(4) ? Hooked(chain, a) : chain);
        return !a.IsMalformed;
    }

    // NFTA_HOOK_*: 1 number, 2 priority, 3 device, 4 devices; NFTA_COUNTER_*: 1 bytes, 2 packets, 3 padding.
    private NetfilterChain Hooked(NetfilterChain chain, NfAttributes a)
    {
        var hook = new NfAttributes(a[4], 4);
        var counters = new NfAttributes(a[8], 3);
        Context.Unknown += hook.Unknown + counters.Unknown;
        return chain with
        {
            Hook = hook.UInt32(1) is { } number ? NfFamilies.HookOf(Context.Family, number) : NetfilterHook.Unknown,
            Priority = (int)(hook.UInt32(2) ?? 0),
            Type = Context.Names.Get(a[7]),
            Policy = a.UInt32(5) == 0 ? NetfilterPolicy.Drop : NetfilterPolicy.Accept,
            Devices = hook.Has(4) ? HookDevices.Read(hook[4], Context) : Context.Names.Get(hook[3]) is { } device ? [device] : null,
            PolicyCounter = a.Has(8) && counters.UInt64(1) is { } bytes && counters.UInt64(2) is { } packets ? new RuleCounter(packets, bytes) : null,
        };
    }
}
