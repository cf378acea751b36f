// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>The match <c>conntrack</c> (struct xt_conntrack_mtinfo1 to 3) and its forerunner <c>state</c>.</summary>
internal static class XtConntrackDecoder
{
    private const int State1 = 1 << 0;
    private const int Protocol1 = 1 << 1;
    private const int Status1 = 1 << 6;
    private const int Expires1 = 1 << 7;
    private const int Direction1 = 1 << 12;
    private const int Alias = 1 << 13;
    private const int AllFlags = (1 << 14) - 1;
    private const int AllStates = 0x1cf;

    /// <summary>Old states: invalid, established, related, new, and untracked at bit 6.</summary>
    public static XtConntrack? State(in XtInfo info)
    {
        if (!info.Is(4) || (info.U32(0) & ~0x4fu) != 0) return null;
        var states = (XtConntrackStates)(info.U32(0) & 0x0f);
        if ((info.U32(0) & 0x40) != 0) states |= XtConntrackStates.Untracked;
        return new XtConntrack { States = states, StateAlias = true };
    }

    public static XtConntrack? Conntrack(in XtInfo info, byte revision)
    {
        if (!info.IsOfFamily(revision switch { 1 => 152, 2 => 156, _ => 164 })) return null;
        var (match, inverted) = (info.U16(146), info.U16(148));
        var (states, status) = revision == 1 ? (info[150], info[151]) : (info.U16(150), info.U16(152));
        if ((match & ~AllFlags) != 0 || ((match & State1) != 0 && (states & ~AllStates) != 0)) return null;
        return new XtConntrack
        {
            States = (match & State1) == 0 ? null : (XtConntrackStates)states,
            StatesInverted = (match & inverted & State1) != 0,
            StateAlias = (match & Alias) != 0,
            Protocol = (match & Protocol1) == 0 ? null : info.U16(136),
            ProtocolInverted = (match & inverted & Protocol1) != 0,
            OriginalSource = Address(info, 0, 1 << 2, match, inverted),
            OriginalDestination = Address(info, 32, 1 << 3, match, inverted),
            ReplySource = Address(info, 64, 1 << 4, match, inverted),
            ReplyDestination = Address(info, 96, 1 << 5, match, inverted),
            OriginalSourcePort = Port(info, revision, 0, match, inverted),
            OriginalDestinationPort = Port(info, revision, 1, match, inverted),
            ReplySourcePort = Port(info, revision, 2, match, inverted),
            ReplyDestinationPort = Port(info, revision, 3, match, inverted),
            Status = (match & Status1) == 0 ? null : status,
            StatusInverted = (match & inverted & Status1) != 0,
            Expires = (match & Expires1) == 0 ? null : info.Range(128, (inverted & Expires1) != 0),
            OriginalDirection = (match & Direction1) == 0 ? null : (inverted & Direction1) == 0,
        };
    }

    private static XtAddress? Address(in XtInfo info, int offset, int flag, int match, int inverted) =>
        (match & flag) == 0 ? null : info.Masked(offset, offset + 16, (inverted & flag) != 0);

    /// <summary>Revisions 1 and 2 have one port in network order, revision 3 a range in native order.</summary>
    private static XtPortRange? Port(in XtInfo info, byte revision, int index, int match, int inverted)
    {
        var flag = 1 << (8 + index);
        if ((match & flag) == 0) return null;
        var low = revision == 3 ? info.U16(138 + (2 * index)) : info.NetworkU16(138 + (2 * index));
        return new XtPortRange(low, revision == 3 ? info.U16(154 + (2 * index)) : low, (inverted & flag) != 0);
    }
}
