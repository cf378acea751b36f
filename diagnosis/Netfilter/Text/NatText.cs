// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Writes what translates addresses or sends packets elsewhere: <c>dnat to 10.0.0.1:80</c>, <c>masquerade random</c>, <c>redirect to :8080</c>.</summary>
internal sealed class NatText(NetfilterFamily family, ProtocolContext context, Func<int, Operand?> at, Func<uint, string?>? linkName)
{
    private const uint FlagNetmap = 64;

    public string? Of(Expression expression) => expression switch
    {
        NatExpression nat => Nat(nat),
        MasqueradeExpression masquerade => Ports("masquerade", masquerade.PortMin, masquerade.PortMax, masquerade.Flags),
        RedirectExpression redirect => Ports("redirect", redirect.PortMin, redirect.PortMax, redirect.Flags),
        TproxyExpression tproxy => Tproxy(tproxy),
        DuplicateExpression duplicate => Duplicate(duplicate),
        ForwardExpression forward => Forward(forward),
        _ => null,
    };

    private string? Nat(NatExpression nat)
    {
        var text = new StringBuilder(nat.Destination ? "dnat" : "snat");
        if (nat.AddressMin is null && nat.PortMin is null) return Flags(text, nat.Flags);
        var type = nat.Family == NetfilterFamily.Ipv6 ? DataType.Ipv6Address : DataType.Ipv4Address;
        if (family == NetfilterFamily.Inet && nat.AddressMin is not null) text.Append(type == DataType.Ipv6Address ? " ip6" : " ip");
        if (nat.AddressMin is { } register && at(register) is { Constant: null } map)
        {
            context.Kill(Layer.Network);
            if (map.Kills is { } layer) context.Kill(layer);
            // Address and port come from one map.
            if (map.Parts is { Count: 2 } && !map.Text.Contains(" map @", StringComparison.Ordinal)) text.Append(" addr . port");
            else if ((nat.Flags & FlagNetmap) != 0) text.Append(" prefix");
            else if (map.Parts is null) return null;
            text.Append(" to ").Append(map.Text);
            if (map.Parts is not { Count: 2 } && nat.PortMin is not null) return Range(nat.PortMin, nat.PortMax, DataType.InetService) is { } port ? Flags(text.Append(':').Append(port), nat.Flags) : null;
            return Flags(text, nat.Flags);
        }

        var netmap = (nat.Flags & FlagNetmap) != 0;
        text.Append(netmap ? " prefix to " : " to ");
        if (nat.AddressMin is not null)
        {
            context.Kill(Layer.Network);
            if (Range(nat.AddressMin, nat.AddressMax, type, netmap) is not { } address) return null;
            text.Append(nat.PortMin is not null && type == DataType.Ipv6Address ? $"[{address}]" : address);
        }

        if (nat.PortMin is null) return Flags(text, nat.Flags);
        return Range(nat.PortMin, nat.PortMax, DataType.InetService) is { } ports ? Flags(text.Append(':').Append(ports), nat.Flags) : null;
    }

    private string? Ports(string name, int? min, int? max, uint flags)
    {
        var text = new StringBuilder(name);
        if (min is null) return Flags(text, flags);
        return Range(min, max, DataType.InetService) is { } ports ? Flags(text.Append(" to :").Append(ports), flags) : null;
    }

    private string? Tproxy(TproxyExpression tproxy)
    {
        var text = new StringBuilder("tproxy");
        var six = tproxy.Family == NetfilterFamily.Ipv6;
        if (family == NetfilterFamily.Inet && tproxy.Family is NetfilterFamily.Ipv4 or NetfilterFamily.Ipv6) text.Append(six ? " ip6" : " ip");
        text.Append(" to ");
        if (tproxy.Address is not null)
        {
            context.Kill(Layer.Network);
            if (Range(tproxy.Address, max: null, six ? DataType.Ipv6Address : DataType.Ipv4Address) is not { } address) return null;
            text.Append(six ? $"[{address}]" : address);
        }

        if (tproxy.Port is null) return text.ToString();
        return Range(tproxy.Port, max: null, DataType.InetService) is { } port ? text.Append(':').Append(port).ToString() : null;
    }

    private string? Duplicate(DuplicateExpression duplicate)
    {
        var device = duplicate.Device is { } register ? Value(register, DataType.InterfaceIndex) : null;
        if (duplicate.Address is null) return device is null ? null : $"dup to {device}";
        var type = context.Network == HeaderFields.Ip6 ? DataType.Ipv6Address : DataType.Ipv4Address;
        return Range(duplicate.Address, max: null, type) is { } address ? $"dup to {address}{(device is null ? "" : $" device {device}")}" : null;
    }

    private string? Forward(ForwardExpression forward)
    {
        if (Value(forward.Device, DataType.InterfaceIndex) is not { } device) return null;
        if (forward.Address is null) return $"fwd to {device}";
        var six = forward.Family == NetfilterFamily.Ipv6;
        return Range(forward.Address, max: null, six ? DataType.Ipv6Address : DataType.Ipv4Address) is { } address
            ? $"fwd {(six ? "ip6" : "ip")} to {address} device {device}"
            : null;
    }

    /// <summary>One value or two with a dash; null when a register holds nothing that is known.</summary>
    private string? Range(int? min, int? max, DataType type, bool prefix = false)
    {
        if (min is not { } first || Value(first, type) is not { } from) return null;
        if (max is not { } last || last == first || Value(last, type) is not { } to || (to == from && !prefix)) return from;
        if (!prefix) return $"{from}-{to}";
        return at(first)?.Constant is { } low && at(last)?.Constant is { } high && SetText.PrefixLength(low.Span, high.Span) is { } length ? $"{from}/{length}" : $"{from}-{to}";
    }

    private string? Value(int register, DataType type)
    {
        if (at(register) is not { } operand) return null;
        if (operand.Constant is not { } constant) return operand.Text.Length > 0 ? operand.Text : null;
        var length = Math.Min(DataTypes.LengthOf(type), constant.Length);
        return ValueText.Of(type, constant.Span[..length], DataTypes.IsHostOrder(type), linkName);
    }

    // NF_NAT_RANGE_*: 4 random, 16 fully random, 8 persistent.
    private static string Flags(StringBuilder text, uint flags)
    {
        var names = new List<string>(3);
        if ((flags & 4) != 0) names.Add("random");
        if ((flags & 16) != 0) names.Add("fully-random");
        if ((flags & 8) != 0) names.Add("persistent");
        if (names.Count > 0) text.Append(CultureInfo.InvariantCulture, $" {string.Join(',', names)}");
        return text.ToString();
    }
}
