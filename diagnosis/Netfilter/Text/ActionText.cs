// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Writes statements: counters, limits, logs, verdicts, address translation ...</summary>
internal sealed class ActionText(NetfilterFamily family, ProtocolContext context, MatchText matches, Func<int, Operand?> at, Func<uint, string?>? linkName)
{
    private readonly NatText _nat = new(family, context, at, linkName);

    /// <summary>The text of a statement; null when there is none.</summary>
    public string? Of(Expression expression) => expression switch
    {
        VerdictExpression verdict => SetText.VerdictOf(verdict.Verdict),
        CounterExpression counter => $"counter packets {counter.Packets} bytes {counter.Bytes}",
        QuotaExpression { Consumed: > 0 } quota => $"{Stateless(quota)} used {Size(quota.Consumed)}",
        LimitExpression or QuotaExpression or ConnectionLimit => Stateless(expression),
        LastExpression last => last.MillisecondsAgo is { } ago ? $"last used {ValueText.Duration(ago)}" : "last used never",
        LogExpression log => Log(log),
        RejectExpression reject => Reject(reject),
        QueueExpression queue => Queue(queue),
        NotrackExpression => "notrack",
        FlowOffload flow => $"flow add @{flow.Table}",
        SynproxyExpression synproxy => Synproxy(synproxy),
        ObjectReference { Name: { } name } reference => ObjectKind(reference.ObjectType) is { } kind ? $"{kind} \"{name}\"" : null,
        MetaSet set => LoadText.Meta(set.Key) is { } target ? Set(target, set.Register, prefix: "meta ") : null,
        ConntrackSet set => LoadText.Conntrack(set.Key, set.Direction, family) is { } target ? Set(target, set.Register, prefix: "") : null,
        PayloadWrite write => Write(write),
        ExtensionHeaderWrite { Register: { } register } write when ExtensionHeaderText.Written(write) is { } option => WriteOption(option, register, write.Length),
        ExtensionHeaderWrite { Register: null } strip when ExtensionHeaderText.Stripped(strip) is { } option => StripOption(option),
        _ => _nat.Of(expression),
    };

    /// <summary>A statement without its state, as elements of sets have it.</summary>
    public static string? Stateless(Expression expression) => expression switch
    {
        CounterExpression => "counter",
        LimitExpression limit => Limit(limit),
        QuotaExpression quota => $"quota {(quota.Inverted ? "over " : "")}{Size(quota.Bytes)}",
        ConnectionLimit limit => $"ct count {(limit.Inverted ? "over " : "")}{limit.Count}",
        LastExpression => "last",
        _ => null,
    };

    /// <summary>How a statement begins that uses a stateful object.</summary>
    public static string? ObjectKind(uint type) => type switch
    {
        1 => "counter name",
        2 => "quota name",
        3 => "ct helper set",
        4 => "limit name",
        7 => "ct timeout set",
        8 => "meta secmark set",
        9 => "ct expectation set",
        10 => "synproxy name",
        _ => null,
    };

    /// <summary>The text of what a register holds, where it is used.</summary>
    public string Used(Operand operand)
    {
        matches.Kill(operand);
        return operand is { Bitwise: { } bitwise, Source: { } source } ? MatchText.Computed(source, bitwise) : operand.Text;
    }

    private static string Limit(LimitExpression limit)
    {
        var unit = limit.UnitSeconds switch { 1 => "second", 60 => "minute", 3600 => "hour", 86_400 => "day", 604_800 => "week", _ => $"{limit.UnitSeconds}s" };
        var over = limit.Inverted ? "over " : "";
        if (limit.OfBytes)
        {
            var burst = limit.Burst > 0 ? $" burst {Size(limit.Burst)}" : "";
            return $"limit rate {over}{Size(limit.Rate)}/{unit}{burst}";
        }

        // 5 is what nft sets by itself.
        return $"limit rate {over}{limit.Rate}/{unit}{(limit.Burst is 0 or 5 ? "" : $" burst {limit.Burst} packets")}";
    }

    private static string Size(ulong bytes)
    {
        var (value, unit) = ValueText.Size(bytes);
        return $"{value} {unit}";
    }

    private static string Log(LogExpression log)
    {
        var text = new StringBuilder("log");
        if (log.Prefix is { } prefix) text.Append(" prefix \"").Append(prefix).Append('"');
        if (log.Group is { } group) text.Append(" group ").Append(group);
        if (log.SnapLength is > 0) text.Append(" snaplen ").Append(log.SnapLength);
        if (log.QueueThreshold is > 0) text.Append(" queue-threshold ").Append(log.QueueThreshold);
        // 4, a warning, is what nft sets by itself.
        if (log.Level is { } level and not 4) text.Append(" level ").Append(Symbols.LogLevel(level));
        if ((log.Flags & 0x2f) == 0x2f) return text.Append(" flags all").ToString();
        if ((log.Flags & 3) != 0)
            text.Append(" flags tcp ").Append((log.Flags & 1) != 0 ? "sequence" : "").Append((log.Flags & 3) == 3 ? "," : "").Append((log.Flags & 2) != 0 ? "options" : "");
        if ((log.Flags & 4) != 0) text.Append(" flags ip options");
        if ((log.Flags & 8) != 0) text.Append(" flags skuid");
        if ((log.Flags & 32) != 0) text.Append(" flags ether");
        return text.ToString();
    }

    private string? Reject(RejectExpression reject)
    {
        var number = new Func<DataType, string>(type => ValueText.OfNumber(type, reject.Code, 1));
        switch (reject.Type)
        {
            case 1:
                if (family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6) context.Kill(Layer.Transport);
                return "reject with tcp reset";
            case 2:
                return reject.Code == 1 ? "reject" : $"reject with icmpx {number(DataType.IcmpxCode)}";
            case 0:
                // ICMP or ICMPv6 follows from the protocol, and so implies it.
                var six = context.Network == HeaderFields.Ip6;
                if (context.Network is null) return null;
                context.Kill(Layer.Network);
                var single = family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6;
                if (single && reject.Code == (six ? 4 : 3)) return "reject";
                return six ? $"reject with icmpv6 {number(DataType.Icmpv6Code)}" : $"reject with icmp {number(DataType.IcmpCode)}";
            default:
                return null;
        }
    }

    private string? Queue(QueueExpression queue)
    {
        var flags = (queue.Flags & 3) switch { 1 => " flags bypass", 2 => " flags fanout", 3 => " flags bypass,fanout", _ => "" };
        if (queue.Register is { } register) return at(register) is { } number ? $"queue{flags} to {Used(number)}" : null;
        return $"queue{flags} to {queue.Number}{(queue.Total > 1 ? $"-{queue.Number + queue.Total - 1}" : "")}";
    }

    private static string Synproxy(SynproxyExpression synproxy)
    {
        var text = new StringBuilder("synproxy");
        if ((synproxy.Flags & 1) != 0) text.Append(" mss ").Append(synproxy.Mss);
        if ((synproxy.Flags & 2) != 0) text.Append(" wscale ").Append(synproxy.WindowScale);
        if ((synproxy.Flags & 8) != 0) text.Append(" timestamp");
        if ((synproxy.Flags & 4) != 0) text.Append(" sack-perm");
        return text.ToString();
    }

    private string? Set(Operand target, int register, string prefix)
    {
        if (at(register) is not { } value) return null;
        var name = target.Text.StartsWith("meta ", StringComparison.Ordinal) || prefix.Length == 0 ? target.Text : prefix + target.Text;
        return $"{name} set {(value.Constant is { } constant ? matches.Value(target, Whole(target, constant).Span) : Used(value))}";
    }

    // A constant may be loaded with more bytes than its target has.
    private static HexBytes Whole(Operand target, HexBytes constant) =>
        constant.Length > target.Bytes && target.Bytes > 0 ? new HexBytes(constant.Memory[..target.Bytes]) : constant;

    private string? Write(PayloadWrite write)
    {
        var target = PayloadText.Load(new PayloadLoad(0, write.Base, write.Offset, write.Length), context);
        if (at(write.Register) is not { } value) return null;
        // A part of a byte is written by reading its surroundings and replacing its bits.
        if (value is { Bitwise: { } bitwise, Payload: not null } && PayloadText.Masked(target, Inverse(bitwise.Mask.Span)) is var (field, shift))
        {
            matches.Kill(field);
            var number = ValueText.Number(bitwise.Xor.Span, hostOrder: false) >> shift;
            return $"{field.Text} set {ValueText.OfNumber(field.Type, number, field.Bytes)}";
        }

        matches.Kill(target);
        return $"{target.Text} set {(value.Constant is { } constant ? matches.Value(target, Whole(target, constant).Span) : Used(value))}";
    }

    private static byte[] Inverse(ReadOnlySpan<byte> bytes)
    {
        var inverse = new byte[bytes.Length];
        for (var i = 0; i < inverse.Length; i++) inverse[i] = (byte)~bytes[i];
        return inverse;
    }

    private string? WriteOption(string option, int register, int length)
    {
        if (at(register) is not { } value) return null;
        context.Kill(Layer.Transport);
        return $"{option} set {(value.Constant is { } constant ? ValueText.Number(constant.Span[..Math.Min(length, constant.Length)], hostOrder: false).ToString(CultureInfo.InvariantCulture) : Used(value))}";
    }

    private string StripOption(string option)
    {
        context.Kill(Layer.Transport);
        return $"reset {option}";
    }
}
