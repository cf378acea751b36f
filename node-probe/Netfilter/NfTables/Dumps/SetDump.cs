// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// NFTA_SET_*: 1 table, 2 name, 3 flags, 4 key type, 5 key length, 6 data type, 7 data length, 8 policy, 9 description, 10 id, 11 timeout,
/// 12 gc interval, 13 user data, 14 padding, 15 object type, 16 handle, 17 one statement, 18 statements, 19 type (Linux 6.16), 20 count (6.16).
/// </summary>
internal sealed class SetDump(ExpressionDecoder expressions, RulesetBuilder ruleset) : DumpHandler(expressions.Context, NfTablesTypes.NewSet)
{
    private const int Description = 9;
    private const int UserDataBytes = 13;
    private const uint HostByteOrder = 1;

    protected override void Forget()
    {
        foreach (var table in ruleset.Tables) table.Sets.Clear();
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 20);
        if (Context.Names.Get(a[2]) is not { } name || ruleset.Find(Context.Family, Context.Names.Get(a[1])) is not { } table) return false;
        // NFT_DATA_VALUE_MAXLEN is 64.
        if (a.UInt32(5) is not (<= 64 and var keyLength)) return false;
        Context.Unknown += a.Unknown;
        table.Sets.Add(WithDetails(new NetfilterSet { Name = name, KeyLength = (int)keyLength }, a));
        return !a.IsMalformed;
    }

    private NetfilterSet WithDetails(NetfilterSet set, NfAttributes a)
    {
        var flags = (SetFlags)(a.UInt32(3) ?? 0);
        var description = new NfAttributes(a[Description], 2);
        return set with
        {
            Handle = a.UInt64(16) ?? 0,
            Anonymous = flags.HasFlag(SetFlags.Anonymous),
            Constant = flags.HasFlag(SetFlags.Constant),
            Interval = flags.HasFlag(SetFlags.Interval),
            Map = flags.HasFlag(SetFlags.Map),
            Timeout = flags.HasFlag(SetFlags.Timeout),
            Dynamic = flags.HasFlag(SetFlags.Eval),
            ObjectMap = flags.HasFlag(SetFlags.Object),
            KeyType = a.UInt32(4) ?? 0,
            DataType = a.UInt32(6) ?? 0,
            DataLength = (int)Math.Min(a.UInt32(7) ?? 0, 64),
            ObjectType = a.UInt32(15) ?? 0,
            TimeoutMs = a.UInt64(11),
            GcIntervalMs = a.UInt32(12),
            Size = description.UInt32(1),
            FieldLengths = FieldLengths(description[2]),
            Statements = a.Has(18) ? expressions.DecodeList(a[18]) : a.Has(17) ? [expressions.Decode(a[17])] : null,
            KeyHostOrder = UserData.Number(a[UserDataBytes], UserData.SetKeyByteOrder) == HostByteOrder,
            DataHostOrder = UserData.Number(a[UserDataBytes], UserData.SetDataByteOrder) == HostByteOrder,
            DataInterval = UserData.Number(a[UserDataBytes], UserData.SetDataInterval) > 0,
            Comment = UserData.Text(a[UserDataBytes], UserData.SetComment),
        };
    }

    /// <summary>NFTA_SET_DESC_CONCAT: a list of nests with NFTA_SET_FIELD_LEN (1).</summary>
    private int[] FieldLengths(ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty) return [];
        var lengths = new List<int>();
        var reader = new NetlinkAttributeReader(list);
        while (reader.TryRead(out var field))
        {
            if (new NfAttributes(field.Payload, 1).UInt32(1) is { } length and <= 64) lengths.Add((int)length);
            else Context.Unknown++;
        }

        return [.. lengths];
    }

    /// <summary>NFT_SET_*.</summary>
    [Flags]
    private enum SetFlags : uint
    {
        Anonymous = 0x1,
        Constant = 0x2,
        Interval = 0x4,
        Map = 0x8,
        Timeout = 0x10,
        Eval = 0x20,
        Object = 0x40,
    }
}
