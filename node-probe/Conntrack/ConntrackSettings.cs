// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>Reads the numbers under /proc/sys/net/netfilter that decide how long and how strictly flows are remembered.</summary>
internal static class ConntrackSettings
{
    public const string Count = "nf_conntrack_count";
    public const string Max = "nf_conntrack_max";
    public const string Buckets = "nf_conntrack_buckets";

    /// <summary>Longest value looked at; all of them are short numbers.</summary>
    private const int ValueBytes = 64;

    // Documentation/networking/nf_conntrack-sysctl.rst; nf_conntrack_helper was removed in 6.0, the flow table's were added in 5.14.
    private static readonly string[] Names =
    [
        Count, Max, Buckets,
        "nf_conntrack_acct", "nf_conntrack_checksum", "nf_conntrack_events", "nf_conntrack_helper", "nf_conntrack_log_invalid", "nf_conntrack_timestamp",
        "nf_conntrack_generic_timeout", "nf_conntrack_icmp_timeout", "nf_conntrack_icmpv6_timeout",
        "nf_conntrack_tcp_be_liberal", "nf_conntrack_tcp_ignore_invalid_rst", "nf_conntrack_tcp_loose", "nf_conntrack_tcp_max_retrans",
        "nf_conntrack_tcp_timeout_established", "nf_conntrack_tcp_timeout_syn_recv", "nf_conntrack_tcp_timeout_syn_sent",
        "nf_conntrack_tcp_timeout_unacknowledged", "nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream",
        "nf_flowtable_tcp_timeout", "nf_flowtable_udp_timeout",
    ];

    /// <summary>Reads all that are there; one that is no number is counted.</summary>
    public static SortedDictionary<string, long> Read(string folder, ref int unknown)
    {
        var values = new SortedDictionary<string, long>(StringComparer.Ordinal);
        Span<byte> buffer = stackalloc byte[ValueBytes];
        foreach (var name in Names)
        {
            var path = Path.Combine(folder, name);
            // An exception for each of the files that older and newer kernels do not have would cost more than all the others.
            if (!File.Exists(path)) continue;
            try
            {
                using var file = File.OpenHandle(path);
                var length = RandomAccess.Read(file, buffer, 0);
                if (Utf8Parser.TryParse(buffer[..length].TrimEnd("\n\t "u8), out long value, out _)) values[name] = value;
                else unknown++;
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                unknown++;
            }
        }

        return values;
    }
}
