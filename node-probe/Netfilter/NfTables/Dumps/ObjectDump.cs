// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_OBJ_*: 1 table, 2 name, 3 type, 4 data, 5 use, 6 handle, 7 padding, 8 user data.</summary>
internal sealed class ObjectDump(ExpressionDecoder expressions, RulesetBuilder ruleset) : DumpHandler(expressions.Context, NfTablesTypes.NewObject)
{
    private const uint Counter = 1;
    private const uint Quota = 2;
    private const uint ConntrackHelper = 3;
    private const uint Limit = 4;
    private const uint ConnectionLimit = 5;
    private const uint Tunnel = 6;
    private const uint ConntrackTimeout = 7;
    private const uint SecurityMark = 8;
    private const uint ConntrackExpectation = 9;
    private const uint Synproxy = 10;

    protected override void Forget()
    {
        foreach (var table in ruleset.Tables) table.Objects.Clear();
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 8);
        if (Context.Names.Get(a[2]) is not { } name || a.UInt32(3) is not { } type) return false;
        if (ruleset.Find(Context.Family, Context.Names.Get(a[1])) is not { } table) return false;
        Context.Unknown += a.Unknown;
        var data = a[4];
        table.Objects.Add(new NetfilterObject
        {
            Name = name,
            Type = type,
            Handle = a.UInt64(6) ?? 0,
            Comment = UserData.Text(a[8], UserData.Comment),
            State = StateOf(type, data),
            Conntrack = ConntrackOf(type, data),
            Detail = DetailOf(type, data),
        });
        return !a.IsMalformed;
    }

    private Expression? StateOf(uint type, ReadOnlySpan<byte> data) => type switch
    {
        Counter => StatefulDecoders.Counter(data, expressions),
        Quota => StatefulDecoders.Quota(data, expressions),
        Limit => StatefulDecoders.Limit(data, expressions),
        ConnectionLimit => StatefulDecoders.ConnectionLimit(data, expressions),
        Synproxy => StatefulDecoders.Synproxy(data, expressions),
        _ => null,
    };

    // NFTA_CT_HELPER_*: 1 name, 2 l3, 3 l4. NFTA_CT_TIMEOUT_*: 1 l3, 2 l4, 3 data. NFTA_CT_EXPECT_*: 1 l3, 2 l4, 3 port, 4 timeout, 5 size u8.
    private ConntrackObject? ConntrackOf(uint type, ReadOnlySpan<byte> data)
    {
        var a = new NfAttributes(data, 5);
        return type switch
        {
            ConntrackHelper => new ConntrackObject { Helper = Context.Names.Get(a[1]), Family = NfFamilies.Of(a.UInt16(2) ?? 0), Protocol = a.Byte(3) ?? 0 },
            ConntrackTimeout => new ConntrackObject { Family = NfFamilies.Of(a.UInt16(1) ?? 0), Protocol = a.Byte(2) ?? 0, Timeouts = TimeoutsOf(a[3]) },
            ConntrackExpectation => new ConntrackObject
            {
                Family = NfFamilies.Of(a.UInt16(1) ?? 0),
                Protocol = a.Byte(2) ?? 0,
                Port = a.UInt16(3),
                TimeoutMs = a.UInt32(4),
                Size = a.Byte(5),
            },
            _ => null,
        };
    }

    // CTA_TIMEOUT_<protocol>_*: seconds by state.
    private static Dictionary<int, uint> TimeoutsOf(ReadOnlySpan<byte> data)
    {
        var timeouts = new Dictionary<int, uint>();
        var reader = new NetlinkAttributeReader(data);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.TryGetUInt32BigEndian(out var seconds)) timeouts[attribute.Type] = seconds;
        }

        return timeouts;
    }

    // NFTA_SECMARK_CTX (1); NFTA_TUNNEL_KEY_ID (1).
    private string? DetailOf(uint type, ReadOnlySpan<byte> data) => type switch
    {
        SecurityMark => Context.Names.Get(new NfAttributes(data, 1)[1]),
        Tunnel => new NfAttributes(data, 9).UInt32(1)?.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };
}
