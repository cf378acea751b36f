// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches of any property or bytes of the packet.</summary>
internal static class XtPacketText
{
    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtComment comment:
                text.Append(" -m comment --comment").Quoted(comment.Comment);
                return true;
            case XtMark mark:
                text.Append(" -m mark").Option("--mark", mark.Inverted).Mark(mark.Mark, mark.Mask);
                return true;
            case XtLength length:
                text.Append(" -m length").Option("--length", length.Inverted).Number(length.From);
                if (length.From != length.To) text.Append(':').Append(length.To);
                return true;
            case XtPktType type:
                text.Append(" -m pkttype").Option("--pkt-type", type.Inverted);
                text.Word(type.Type switch { 0 => "unicast", 1 => "broadcast", 2 => "multicast", _ => type.Type.ToString(CultureInfo.InvariantCulture) });
                return true;
            case XtDscp dscp:
                text.Append(" -m dscp").Option("--dscp", dscp.Inverted).Append($" 0x{dscp.Dscp:x2}");
                return true;
            case XtTos tos:
                text.Append(" -m tos").Option("--tos", tos.Inverted).Append($" 0x{tos.Value:x2}/0x{tos.Mask:x2}");
                return true;
            case XtMac mac:
                text.Append(" -m mac").Option("--mac-source", mac.Inverted).Append(' ').AppendJoin(':', mac.Source.Memory.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
                return true;
            case XtRealm realm:
                text.Append(" -m realm").Option("--realm", realm.Inverted).Mark(realm.Id, realm.Mask);
                return true;
            case XtCpu cpu:
                text.Append(" -m cpu").Option("--cpu", cpu.Inverted).Number(cpu.Cpu);
                return true;
            case XtEcn ecn:
                Ecn(text.Append(" -m ecn"), ecn);
                return true;
            case XtTtl ttl:
                Ttl(text, ttl);
                return true;
            default:
                return AppendBytes(text, expression);
        }
    }

    private static bool AppendBytes(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtString match:
                String(text.Append(" -m string"), match);
                return true;
            case XtU32 u32:
                U32(text.Append(" -m u32"), u32);
                return true;
            case XtBpf bpf:
                Bpf(text.Append(" -m bpf"), bpf);
                return true;
            default:
                return false;
        }
    }

    private static void Ecn(StringBuilder text, XtEcn ecn)
    {
        if ((ecn.Operation & 0x10) != 0) text.Option("--ecn-tcp-ece", (ecn.Inverted & 0x10) != 0);
        if ((ecn.Operation & 0x20) != 0) text.Option("--ecn-tcp-cwr", (ecn.Inverted & 0x20) != 0);
        if ((ecn.Operation & 1) != 0) text.Option("--ecn-ip-ect", (ecn.Inverted & 1) != 0).Number(ecn.IpEct);
    }

    private static void Ttl(StringBuilder text, XtTtl ttl)
    {
        var name = ttl.HopLimit ? "hl" : "ttl";
        text.Append(" -m ").Append(name).Append(ttl.Comparison == XtComparison.NotEqual ? " !" : string.Empty).Append(" --").Append(name);
        text.Append(ttl.Comparison switch { XtComparison.Less => "-lt", XtComparison.Greater => "-gt", _ => "-eq" }).Number(ttl.Value);
    }

    private static void String(StringBuilder text, XtString match)
    {
        var pattern = match.Pattern.Span;
        // Printable ASCII is a string, anything else is written as bytes.
        var isHex = pattern.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) || (pattern.Length > 0 && pattern[0] == (byte)'|');
        text.Option(isHex ? "--hex-string" : "--string", match.Inverted);
        if (isHex) text.Append(" \"|").Append(Convert.ToHexStringLower(pattern)).Append("|\"");
        else text.Append(" \"").Append(Encoding.ASCII.GetString(pattern).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append('"');
        text.Append(" --algo ").Append(match.Algorithm);
        if (match.From != 0) text.Append(" --from ").Append(match.From);
        if (match.To is not (0 or ushort.MaxValue)) text.Append(" --to ").Append(match.To);
        text.Flag(match.IgnoreCase, "--icase");
    }

    private static void U32(StringBuilder text, XtU32 match)
    {
        text.Option("--u32", match.Inverted).Append(" \"");
        for (var i = 0; i < match.Tests.Count; i++)
        {
            var test = match.Tests[i];
            if (i > 0) text.Append("&&");
            for (var j = 0; j < test.Locations.Count; j++)
            {
                if (j > 0) text.Append(test.Locations[j].Operator switch { 0 => "&", 1 => "<<", 2 => ">>", _ => "@" });
                text.Append("0x").Append(test.Locations[j].Number.ToString("x", CultureInfo.InvariantCulture));
            }

            text.Append('=');
            for (var j = 0; j < test.Values.Count; j++)
            {
                if (j > 0) text.Append(',');
                text.Append("0x").Append(test.Values[j].From.ToString("x", CultureInfo.InvariantCulture));
                if (test.Values[j].From != test.Values[j].To) text.Append(":0x").Append(test.Values[j].To.ToString("x", CultureInfo.InvariantCulture));
            }
        }

        text.Append('"');
    }

    /// <summary>struct sock_filter: code u16, jump true u8, jump false u8, number u32.</summary>
    private static void Bpf(StringBuilder text, XtBpf bpf)
    {
        if (bpf.PinnedPath is { } path)
        {
            text.Append(" --object-pinned ").Append(path);
            return;
        }

        var program = bpf.Program is { } bytes ? bytes.Span : default;
        text.Append(" --bytecode \"").Append(program.Length / 8);
        for (; program.Length >= 8; program = program[8..])
            text.Append($",{MemoryMarshal.Read<ushort>(program)} {program[2]} {program[3]} {MemoryMarshal.Read<uint>(program[4..])}");
        text.Append('"');
    }
}
