// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.Netfilter.Kernel.Tests.Lab;

/// <summary>Loads rule sets with the tools; lines they refuse are left out, so that a generator need not know every rule of theirs.</summary>
internal sealed partial class Loader(LabNamespace router)
{
    private const int MaxRefused = 60;

    /// <summary>Lines that were refused, with what the tool said.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    /// <summary>Replaces everything of nf_tables by the guard and the script.</summary>
    public void Nft(string script, string guard)
    {
        var lines = $"flush ruleset\n{guard}\n{script}".Split('\n');
        Try(lines, file => $"nft -f {file}", NftLine());
    }

    /// <summary>iptables-legacy-restore and the like; tables that are named are replaced.</summary>
    public void Restore(string command, string rules) => Try(rules.Split('\n'), file => $"{command} < {file}", RestoreLine());

    private void Try(string[] lines, Func<string, string> command, Regex place)
    {
        var file = Path.GetTempFileName();
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                File.WriteAllText(file, string.Join('\n', lines));
                try
                {
                    router.Shell(command(file));
                    return;
                }
                catch (InvalidOperationException failure) when (attempt < MaxRefused && place.Match(failure.Message) is { Success: true } match)
                {
                    var line = int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture) - 1;
                    if (line >= lines.Length || lines[line].Length == 0) throw;
                    // The kernel refuses a table of iptables-legacy as a whole: it is left out.
                    if (lines[line] == "COMMIT" || failure.Message.Contains("COMMIT expected", StringComparison.Ordinal)) line = WithoutTable(lines, line);
                    Refused.TryAdd(lines[line].Trim(), failure.Message.Length > 400 ? failure.Message[..400] : failure.Message);
                    lines[line] = "";
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int WithoutTable(string[] lines, int commit)
    {
        var first = commit;
        while (first > 0 && !lines[first].StartsWith('*')) first--;
        for (var i = first + 1; i <= commit; i++) lines[i] = "";
        return first;
    }

    [GeneratedRegex(@"tmp[^:\s]*:(?<line>\d+):\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NftLine();

    [GeneratedRegex(@"line:? (?<line>\d+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RestoreLine();
}
