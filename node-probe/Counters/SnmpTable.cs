// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Counters;

/// <summary>The format of /proc/net/snmp and netstat: for each group a line of names, then a line of values, both beginning with the group.</summary>
internal static class SnmpTable
{
    private static readonly string[] Groups = ["Ip", "Icmp", "IcmpMsg", "Tcp", "Udp", "UdpLite", "TcpExt", "IpExt"];

    /// <summary>Settings, and a number that goes up and down, that the kernel prints among the counters. Tcp.MaxConn is negative.</summary>
    private static readonly string[] NotCounters =
        ["Ip.Forwarding", "Ip.DefaultTTL", "Tcp.RtoAlgorithm", "Tcp.RtoMin", "Tcp.RtoMax", "Tcp.MaxConn", "Tcp.CurrEstab"];

    /// <summary>Adds the counters of the wanted groups as <c>Group.Name</c>.</summary>
    public static void Parse(string text, IDictionary<string, Counter> counters, ref int unknown)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            if (!TrySplit(lines[i], out var group, out var names) || !TrySplit(lines[i + 1], out var same, out var values) || group != same)
            {
                unknown++;
                continue;
            }

            if (Groups.Contains(group)) Add(group, names, values, counters, ref unknown);
        }

        if (lines.Length % 2 != 0) unknown++;
    }

    private static void Add(string group, string[] names, string[] values, IDictionary<string, Counter> counters, ref int unknown)
    {
        if (names.Length != values.Length) unknown++;
        for (var i = 0; i < Math.Min(names.Length, values.Length); i++)
        {
            var name = $"{group}.{names[i]}";
            if (NotCounters.Contains(name)) continue;
            if (ulong.TryParse(values[i], NumberStyles.None, CultureInfo.InvariantCulture, out var value)) counters[name] = new Counter(value);
            else unknown++;
        }
    }

    private static bool TrySplit(string line, out string group, out string[] fields)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        group = colon > 0 ? line[..colon] : string.Empty;
        fields = colon > 0 ? line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
        return colon > 0;
    }
}
