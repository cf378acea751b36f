// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.RegularExpressions;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>The rules in the output of <c>nft -a list ruleset</c>, by <c>family table handle</c>.</summary>
internal static partial class NftListing
{
    public static Dictionary<string, string> Rules(string listing)
    {
        var rules = new Dictionary<string, string>(StringComparer.Ordinal);
        var table = string.Empty;
        var chains = 0;
        var chain = false;
        foreach (var line in listing.Split('\n'))
        {
            if (line.StartsWith("table ", StringComparison.Ordinal)) table = string.Join(' ', line.Split(' ')[1..3]);
            else if (line.StartsWith("\tchain ", StringComparison.Ordinal)) (chain, chains) = (true, chains + 1);
            else if (line == "\t}") chain = false;
            else if (chain && HandleAtEnd().Match(line) is { Success: true } match && match.Groups["text"].Value.Trim() != "}" && !line.TrimEnd().EndsWith('{'))
                rules[$"{table} {match.Groups["handle"].Value}"] = match.Groups["text"].Value.Trim();
        }

        chains.ShouldBeGreaterThan(0);
        return rules;
    }

    [GeneratedRegex(@"^(?<text>.*) # handle (?<handle>\d+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HandleAtEnd();

    public static string FamilyOf(Diagnosis.Netfilter.NetfilterFamily family) => family switch
    {
        Diagnosis.Netfilter.NetfilterFamily.Ipv4 => "ip",
        Diagnosis.Netfilter.NetfilterFamily.Ipv6 => "ip6",
        _ => family.ToString().ToLower(CultureInfo.InvariantCulture),
    };
}
