// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Counters;

/// <summary>The format of /proc/net/snmp6: one name and value a line, the group being the beginning of the name.</summary>
internal static class Snmp6Table
{
    private static readonly string[] Groups = ["Ip6", "Icmp6", "Udp6", "UdpLite6"];
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Adds the counters of the wanted groups as <c>Group.Name</c>.</summary>
    public static void Parse(string text, IDictionary<string, Counter> counters, ref int unknown)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 2 || !ulong.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                unknown++;
                continue;
            }

            foreach (var group in Groups)
            {
                // No group's name begins with another's: UdpLite6 does not begin with Udp6.
                if (fields[0].Length > group.Length && fields[0].StartsWith(group, StringComparison.Ordinal))
                    counters[$"{group}.{fields[0][group.Length..]}"] = new Counter(value);
            }
        }
    }
}
