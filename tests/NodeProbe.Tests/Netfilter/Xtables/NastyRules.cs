// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>The rules of tests/fixtures/netfilter/xtables-rules: every match and target with many of its options.</summary>
internal static class NastyRules
{
    private const string Sets = """
        ipset create t-ip hash:ip timeout 300 counters
        ipset create t-ipport hash:ip,port
        ipset create t-net hash:net counters
        ipset create t-ip6 hash:ip family inet6
        ipset create t-skb hash:ip skbinfo
        """;

    public static string Folder { get; } = Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter", "xtables-rules");

    /// <summary>Adds every rule that the kernel takes; returns those that it refused, by their words.</summary>
    public static IReadOnlyList<string> Install(LabNamespace lab, string backend)
    {
        var folder = Directory.CreateTempSubdirectory("xt-rules-");
        try
        {
            var script = new StringBuilder(Sets).Append('\n');
            var rules = File.ReadAllLines(Path.Combine(Folder, "rules.txt")).Where(line => line.Length > 0 && line[0] != '#').ToArray();
            for (var i = 0; i < rules.Length; i++)
            {
                var words = rules[i].Split(' ', 4);
                foreach (var family in words[0])
                {
                    var file = $"{folder.FullName}/{i}-{family}";
                    // Goto needs its chain; counters are set, so that each rule has its own.
                    File.WriteAllText(file, $"*{words[1]}\n:USER - [0:0]\n[{i + 1}:{(i + 1L) * (i + 1) * 1_000_000}] -A {words[2]} {(words.Length > 3 ? words[3] : "")}\nCOMMIT\n");
                    script.Append($"{(family == '4' ? "iptables" : "ip6tables")}-{backend}-restore -c -n < {file} >/dev/null 2>&1 || echo '{family} '{i}\n");
                }
            }

            var refused = lab.Shell(script.ToString()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return [.. refused.Select(line => $"{line[0]}: {rules[int.Parse(line[2..], CultureInfo.InvariantCulture)]}")];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
