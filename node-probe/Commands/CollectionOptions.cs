// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KubeWgDiag.NodeProbe.Agent;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>Options of the commands that read this host.</summary>
internal sealed class CollectionOptions
{
    private const int MaxObservationSeconds = 120;

    private readonly string _hostName;

    public CollectionOptions(string hostName, int defaultObservationSeconds)
    {
        _hostName = hostName;
        Observe = new Option<int>("--observe")
        {
            Description = $"how long to watch the counters, 0 to {MaxObservationSeconds} seconds; 0 reads once",
            HelpName = "seconds",
            DefaultValueFactory = _ => defaultObservationSeconds,
            CustomParser = ParseSeconds,
        };
        Namespaces.Validators.Add(result => CheckPaths(result, Namespaces));
        Interfaces.Validators.Add(CheckGlobs);
        UapiDirectory.Validators.Add(CheckDirectory);
        Only.Validators.Add(CheckReaders);
    }

    public Option<int> Observe { get; }

    public Option<string[]> Namespaces { get; } = new("--netns")
    {
        Description = "also read the network namespace at this path (repeatable)",
        HelpName = "path",
        DefaultValueFactory = _ => [],
    };

    public Option<string[]> Interfaces { get; } = new("--interface")
    {
        Description = "only WireGuard devices of this name; * and ? are wildcards (repeatable)",
        HelpName = "glob",
        DefaultValueFactory = _ => [],
    };

    public Option<string> UapiDirectory { get; } = new("--uapi-dir")
    {
        Description = "where userspace WireGuard keeps its sockets [default: /var/run/wireguard]",
        HelpName = "path",
    };

    /// <summary>Only for commands that judge nothing: what was not read looks healthy.</summary>
    public Option<string[]> Only { get; } = new("--only")
    {
        Description = $"run only these readers, separated by commas: {string.Join(", ", CollectionRequest.ReaderNames)}",
        HelpName = "readers",
        DefaultValueFactory = _ => [],
    };

    public Option<string> Node { get; } = new("--node")
    {
        Description = "name of this node in the output [default: the host name]",
        HelpName = "name",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(Observe);
        command.Options.Add(Namespaces);
        command.Options.Add(Interfaces);
        command.Options.Add(UapiDirectory);
        command.Options.Add(Node);
    }

    /// <summary>Only the options that say where to read: for commands that read once and ask for one thing.</summary>
    public void AddPlacesTo(Command command)
    {
        command.Options.Add(Namespaces);
        command.Options.Add(UapiDirectory);
    }

    /// <summary>What the parsed command line asks to read.</summary>
    public CollectionRequest Request(ParseResult parsed)
    {
        var request = new CollectionRequest
        {
            NodeName = parsed.GetValue(Node) is { Length: > 0 } name ? name : _hostName,
            Observation = TimeSpan.FromSeconds(parsed.GetValue(Observe)),
            NamespacePaths = parsed.GetValue(Namespaces) ?? [],
        };
        if (parsed.GetValue(UapiDirectory) is { } directory) request = request with { UapiDirectory = directory };
        if (ReadersOf(parsed.GetValue(Only)) is { Count: > 0 } readers) request = request with { Readers = readers.Contains };
        // Checked by the validator before.
        return NameFilter.TryCreate(parsed.GetValue(Interfaces) ?? [], [], out var filter, out _)
            ? request with { DeviceFilter = filter.Matches }
            : request;
    }

    private static int ParseSeconds(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxObservationSeconds) return seconds;
        result.AddError($"--observe takes whole seconds from 0 to {MaxObservationSeconds}, not '{text}'.");
        return 0;
    }

    private static void CheckPaths(OptionResult result, Option<string[]> option)
    {
        foreach (var path in result.GetValueOrDefault<string[]>() ?? [])
        {
            if (PathProblem.OfReadableFile(path) is { } problem) result.AddError($"{option.Name} {path}: {problem}.");
        }
    }

    private static void CheckGlobs(OptionResult result)
    {
        if (!NameFilter.TryCreate(result.GetValueOrDefault<string[]>() ?? [], [], out _, out var problem)) result.AddError(problem + ".");
    }

    private static HashSet<string> ReadersOf(string[]? lists) =>
        (lists ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);

    private static void CheckReaders(OptionResult result)
    {
        foreach (var name in ReadersOf(result.GetValueOrDefault<string[]>()).Except(CollectionRequest.ReaderNames, StringComparer.Ordinal))
            result.AddError($"--only: there is no reader '{name}'; there are {string.Join(", ", CollectionRequest.ReaderNames)}.");
    }

    private static void CheckDirectory(OptionResult result)
    {
        if (result.GetValueOrDefault<string>() is { } path && !Directory.Exists(path)) result.AddError($"--uapi-dir {path}: no such directory.");
    }
}
