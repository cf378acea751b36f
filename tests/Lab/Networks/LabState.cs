// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab.Networks;

/// <summary>
/// The configuration of a whole lab as text, without what changes by itself (handshake times, counters, learnt neighbours) and without
/// private keys: equal text means equal state.
/// </summary>
public static class LabState
{
    // "dump" begins each device's own line with the name and its keys; the private one is cut before it leaves the shell.
    private const string Script = """
        ip -o link | sed 's/^/link /'
        ip -o addr | sed 's/^/addr /'
        ip rule | sed 's/^/rule /'
        ip -6 rule | sed 's/^/rule6 /'
        ip route show table all | sed 's/^/route /'
        ip -6 route show table all | sed 's/^/route6 /'
        wg show all dump | awk -F '\t' 'NF == 5 { print "device", $1, $3, $4, $5 } NF == 9 { print "peer", $1, $2, $4, $5, $9 }'
        (cd /proc/sys/net && grep -H . ipv4/ip_forward ipv4/conf/*/forwarding ipv4/conf/*/rp_filter ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6)
        nft list ruleset
        """;

    /// <summary>Reads underlay, nodes and pods.</summary>
    public static async Task<string> DumpAsync(LabNetwork lab, CancellationToken ct)
    {
        var entries = lab.Nodes.SelectMany(n => new[] { n.Host, n.Pod }).Prepend(lab.Underlay);
        var parts = await Task.WhenAll(entries.Select(entry => DumpAsync(entry, ct)));
        return string.Join('\n', parts);
    }

    private static async Task<string> DumpAsync(NamespaceEntry entry, CancellationToken ct)
    {
        // The kernel lists routes in the order in which they were added; the order has no meaning, so lines are sorted.
        var lines = (await Command.OutputAsync(entry.BuildArgv(["sh", "-c", Script]), input: null, ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => $"{entry.Name}: {line.TrimEnd()}")
            .Order(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }
}
