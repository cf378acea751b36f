// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Schema;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>500ms</c>.</summary>
internal static partial class Durations
{
    public static TimeSpan? Parse(string text)
    {
        if (text == "0")
            return TimeSpan.Zero;
        Match match = Whole().Match(text);
        if (!match.Success)
            return null;
        double seconds = 0;
        for (int index = 0; index < match.Groups["number"].Captures.Count; index++)
        {
            double number = double.Parse(match.Groups["number"].Captures[index].Value, CultureInfo.InvariantCulture);
            seconds += number * (match.Groups["unit"].Captures[index].Value switch
            {
                "h" => 3600,
                "m" => 60,
                "s" => 1,
                "ms" => 1e-3,
                "ns" => 1e-9,
                _ => 1e-6,
            });
        }

        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
            return null;
        var span = TimeSpan.FromSeconds(seconds);
        return text[0] == '-' ? -span : span;
    }

    [GeneratedRegex(@"^[-+]?(?:(?<number>\d+(?:\.\d*)?|\.\d+)(?<unit>ms|us|µs|ns|h|m|s))+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();
}
