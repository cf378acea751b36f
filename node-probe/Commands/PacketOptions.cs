// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation;
using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>The options that describe a packet.</summary>
internal sealed class PacketOptions
{
    private const int MinLength = 20;
    private const int MaxLength = 65_535;

    private readonly Option<string> _from = new("--from") { Description = "source address", HelpName = "address", Required = true };
    private readonly Option<string> _to = new("--to") { Description = "destination address", HelpName = "address", Required = true };
    private readonly Option<string> _protocol = new("--proto")
    {
        Description = "tcp, udp, sctp, icmp (an echo request) or a number",
        HelpName = "protocol",
        DefaultValueFactory = _ => "tcp",
    };

    private readonly Option<string?> _destinationPort = new("--dport") { Description = "destination port", HelpName = "port" };
    private readonly Option<string?> _sourcePort = new("--sport") { Description = "source port [default: unknown]", HelpName = "port" };
    private readonly Option<string?> _mark = new("--mark") { Description = "mark the packet comes with, decimal or 0x... [default: 0]", HelpName = "mark" };
    private readonly Option<string?> _input = new("--iif")
    {
        Description = "device by which it comes in [default: the way back to its source]",
        HelpName = "device",
    };

    private readonly Option<string> _state = new("--state")
    {
        Description = "what connection tracking takes it for",
        HelpName = "new|established|related|invalid|untracked",
        DefaultValueFactory = _ => "new",
    };

    private readonly Option<string?> _length = new("--length") { Description = "length of the IP packet in bytes [default: it fits everywhere]", HelpName = "bytes" };

    public void AddTo(Command command)
    {
        Option[] all = [_from, _to, _protocol, _destinationPort, _sourcePort, _mark, _input, _state, _length];
        foreach (var option in all) command.Options.Add(option);
    }

    /// <summary>The packet that the command line describes.</summary>
    public bool TryQuestion(ParseResult parsed, [NotNullWhen(true)] out WalkQuestion? question, [NotNullWhen(false)] out string? problem)
    {
        question = null;
        problem = null;
        var from = Address(parsed, _from, ref problem);
        var to = Address(parsed, _to, ref problem);
        if (problem is null && from.Family != to.Family) problem = "--from and --to are of different families";
        var protocol = Protocol(parsed, to.Family, ref problem);
        var sourcePort = Port(parsed, _sourcePort, protocol, ref problem);
        var destinationPort = Port(parsed, _destinationPort, protocol, ref problem);
        var mark = Mark(parsed, ref problem);
        var length = Length(parsed, ref problem);
        if (!Enum.TryParse<ConntrackState>(parsed.GetValue(_state), ignoreCase: true, out var state) || int.TryParse(parsed.GetValue(_state), out _))
            problem ??= $"--state {parsed.GetValue(_state)}: not one of {_state.HelpName}";
        if (problem is not null) return false;
        question = new WalkQuestion
        {
            From = from,
            To = to,
            Protocol = protocol,
            SourcePort = sourcePort,
            DestinationPort = destinationPort,
            Mark = mark,
            State = state,
            InputInterface = parsed.GetValue(_input),
            Length = length,
        };
        return true;
    }

    private static IpAddr Address(ParseResult parsed, Option<string> option, ref string? problem)
    {
        var text = parsed.GetValue(option);
        if (!IpAddr.TryParse(text, out var address)) problem ??= $"{option.Name} {text}: not an IP address";
        return address;
    }

    private byte Protocol(ParseResult parsed, IpFamily family, ref string? problem)
    {
        var text = parsed.GetValue(_protocol) ?? "";
        switch (text.ToLowerInvariant())
        {
            case "tcp": return 6;
            case "udp": return 17;
            case "sctp": return 132;
            case "icmp" or "icmpv6" or "icmp6" or "ping": return family == IpFamily.IPv6 ? (byte)58 : (byte)1;
            default:
                if (!byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    problem ??= $"--proto {text}: not tcp, udp, sctp, icmp or a number up to 255";
                return number;
        }
    }

    private static ushort? Port(ParseResult parsed, Option<string?> option, byte protocol, ref string? problem)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) problem ??= $"{option.Name} {text}: not a port";
        else if (protocol is not (6 or 17 or 33 or 132 or 136)) problem ??= $"{option.Name}: the protocol has no ports";
        return port;
    }

    private uint Mark(ParseResult parsed, ref string? problem)
    {
        if (parsed.GetValue(_mark) is not { } text) return 0;
        var hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!uint.TryParse(hex ? text[2..] : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var mark))
            problem ??= $"--mark {text}: not a number of 32 bits";
        return mark;
    }

    private int? Length(ParseResult parsed, ref string? problem)
    {
        if (parsed.GetValue(_length) is not { } text) return null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length is < MinLength or > MaxLength)
            problem ??= $"--length {text}: not a number from {MinLength} to {MaxLength}";
        return length;
    }
}
