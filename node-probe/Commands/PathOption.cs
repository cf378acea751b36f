// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Walking.Paths;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary><c>--path</c>: a path whose packets are walked where this host has one of its ends.</summary>
internal sealed class PathOption
{
    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmp6 = 58;

    public PathOption() => Option.Validators.Add(Check);

    public Option<string[]> Option { get; } = new("--path")
    {
        Description = "walk the packets of this path, for analyze over the facts of both its ends: FROM,TO,icmp or FROM,TO,tcp,PORT or FROM,TO,udp,PORT (repeatable)",
        HelpName = "path",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The paths of the parsed command line.</summary>
    public IReadOnlyList<PathQuestion> Questions(ParseResult parsed) => [.. (parsed.GetValue(Option) ?? []).Select(Parse).OfType<PathQuestion>()];

    private static void Check(OptionResult result)
    {
        var paths = result.GetValueOrDefault<string[]>() ?? [];
        foreach (var path in paths.Where(path => Parse(path) is null)) result.AddError($"--path {path}: not FROM,TO,icmp nor FROM,TO,tcp|udp,PORT with addresses of one family.");
        if (paths.Length > PathQuestion.MaxPaths) result.AddError($"--path: at most {PathQuestion.MaxPaths} paths.");
    }

    private static PathQuestion? Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length is not (3 or 4) || !IpAddr.TryParse(parts[0], out var from) || !IpAddr.TryParse(parts[1], out var to) || from.Family != to.Family) return null;
        byte? protocol = parts[2].ToLowerInvariant() switch
        {
            "tcp" => Tcp,
            "udp" => Udp,
            "icmp" => from.Family == IpFamily.IPv4 ? Icmp : Icmp6,
            _ => null,
        };
        ushort? port = parts.Length == 4 && ushort.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
        if (protocol is not { } known || (known is Tcp or Udp) != (port is not null) || (parts.Length == 4 && port is null)) return null;
        return new PathQuestion { Name = text, From = [from], To = to, Protocol = known, Port = port };
    }
}
