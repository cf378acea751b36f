// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_TABLE_*: 1 name, 2 flags, 3 use, 4 handle, 5 padding, 6 user data, 7 owner.</summary>
internal sealed class TableDump(NfContext context, RulesetBuilder ruleset) : DumpHandler(context, NfTablesTypes.NewTable)
{
    private const uint FlagDormant = 1;
    private const uint FlagOwner = 2;

    protected override void Forget() => ruleset.Clear();

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 7);
        if (Context.Names.Get(a[1]) is not { } name) return false;
        Context.Unknown += a.Unknown;
        var flags = a.UInt32(2) ?? 0;
        ruleset.Add(new NetfilterTable
        {
            Backend = NetfilterBackend.NfTables,
            Family = Context.Family,
            Name = name,
            Handle = a.UInt64(4) ?? 0,
            Dormant = (flags & FlagDormant) != 0,
            Owned = (flags & FlagOwner) != 0,
            Comment = UserData.Text(a[6], UserData.Comment),
        });
        return !a.IsMalformed;
    }
}
