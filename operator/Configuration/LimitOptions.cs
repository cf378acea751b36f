// SPDX-License-Identifier: Apache-2.0

using System.CommandLine;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>The options of the command line that become <see cref="RunLimits"/>.</summary>
internal sealed class LimitOptions
{
    private static readonly RunLimits Defaults = new();

    private readonly Option<int> _runs = Number("--max-runs", "Runs at a time; others wait in the order in which they were due.", Defaults.ConcurrentRuns, 1, 1000);

    private readonly Option<int> _nodes = Number("--max-asked-nodes", "Nodes asked at a time by all runs; one that asks more runs alone.", Defaults.AskedNodes, 1, 1_000_000);

    private readonly Option<int> _rate = Number("--max-asks-per-second", "NodeProbes written each second by all runs.", Defaults.AsksPerSecond, 1, 10_000);

    private readonly Option<int> _spread = Number("--start-spread-seconds", "Repeated runs start up to this much later, each diagnosis by its own share.", Seconds(Defaults.StartSpread), 0, 3600);

    private readonly Option<int> _latest = Number("--latest-start-seconds", "A scheduled run that is later than this is left out.", Seconds(Defaults.LatestStart), 10, 86400);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_runs, _nodes, _rate, _spread, _latest])
            command.Add(option);
    }

    /// <summary>The limits that a parsed command line gives.</summary>
    public RunLimits Read(ParseResult parsed) => new()
    {
        ConcurrentRuns = parsed.GetValue(_runs),
        AskedNodes = parsed.GetValue(_nodes),
        AsksPerSecond = parsed.GetValue(_rate),
        StartSpread = TimeSpan.FromSeconds(parsed.GetValue(_spread)),
        LatestStart = TimeSpan.FromSeconds(parsed.GetValue(_latest)),
    };

    private static int Seconds(TimeSpan time) => (int)time.TotalSeconds;

    private static Option<int> Number(string name, string description, int otherwise, int least, int most)
    {
        var option = new Option<int>(name) { Description = $"{description} {least} to {most}, {otherwise} by default.", DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
                result.AddError($"{name}: {value} is not between {least} and {most}");
        });
        return option;
    }
}
