// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_FLOWTABLE_*: 1 table, 2 name, 3 hook (1 number, 2 priority, 3 devices), 4 use, 5 handle, 6 padding, 7 flags.</summary>
internal sealed class FlowTableDump(NfContext context, RulesetBuilder ruleset) : DumpHandler(context, NfTablesTypes.NewFlowTable)
{
    protected override void Forget()
    {
        foreach (var table in ruleset.Tables) table.FlowTables.Clear();
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 7);
        if (Context.Names.Get(a[2]) is not { } name || ruleset.Find(Context.Family, Context.Names.Get(a[1])) is not { } table) return false;
        var hook = new NfAttributes(a[3], 3);
        Context.Unknown += a.Unknown + hook.Unknown;
        table.FlowTables.Add(new NetfilterFlowTable
        {
            Name = name,
            Handle = a.UInt64(5) ?? 0,
            Priority = (int)(hook.UInt32(2) ?? 0),
            Devices = HookDevices.Read(hook[3], Context),
            Flags = a.UInt32(7) ?? 0,
        });
        return !a.IsMalformed;
    }
}
