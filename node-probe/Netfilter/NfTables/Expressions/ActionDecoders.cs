// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Expressions that do something with the packet, apart from address translation.</summary>
internal static class ActionDecoders
{
    public static readonly KeyValuePair<string, ExpressionDecode>[] All =
    [
        new("log", Log),
        new("reject", Reject),
        new("queue", Queue),
        new("notrack", (data, _) => data.IsEmpty ? new NotrackExpression() : null),
        new("flow_offload", FlowOffload),
        new("dup", Duplicate),
        new("fwd", Forward),
    ];

    // NFTA_LOG_*: 1 group u16, 2 prefix, 3 snaplen, 4 qthreshold u16, 5 level, 6 flags.
    private static LogExpression? Log(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 6);
        if (!a.IsWhole) return null;
        // NF_LOG_PREFIXLEN is 128.
        return new LogExpression(decoder.Context.Names.Get(a[2]), a.UInt16(1), a.UInt32(5), a.UInt32(3), a.UInt16(4), a.UInt32(6) ?? 0);
    }

    // NFTA_REJECT_*: 1 type, 2 code u8.
    private static RejectExpression? Reject(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 2);
        return a.IsWhole && a.TryUInt32(1, out var type) ? new RejectExpression(type, a.Byte(2) ?? 0) : null;
    }

    // NFTA_QUEUE_*: 1 number u16, 2 total u16, 3 flags u16, 4 sreg.
    private static QueueExpression? Queue(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 4);
        if (!a.IsWhole || !a.TryOptionalRegister(4, out var register)) return null;
        return a.UInt16(1) is null && register is null ? null : new QueueExpression(a.UInt16(1) ?? 0, a.UInt16(2) ?? 1, a.UInt16(3) ?? 0, register);
    }

    // NFTA_FLOW_TABLE_NAME.
    private static FlowOffload? FlowOffload(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 1);
        return a.IsWhole && decoder.Context.Names.Get(a[1]) is { } table ? new FlowOffload(table) : null;
    }

    // NFTA_DUP_*: 1 address register, 2 device register.
    private static DuplicateExpression? Duplicate(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 2);
        return a.IsWhole && a.TryOptionalRegister(1, out var address) && a.TryOptionalRegister(2, out var device) ? new DuplicateExpression(address, device) : null;
    }

    // NFTA_FWD_*: 1 device register, 2 address register, 3 family.
    private static ForwardExpression? Forward(ReadOnlySpan<byte> data, ExpressionDecoder decoder)
    {
        var a = new NfAttributes(data, 3);
        return a.IsWhole && a.TryRegister(1, out var device) && a.TryOptionalRegister(2, out var address)
            ? new ForwardExpression(device, address, a.UInt32(3) is { } family ? NfFamilies.Of(family) : null)
            : null;
    }
}
