// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Counters;

/// <summary>
/// Reads the protocol counters of the calling thread's namespace. /proc/net would show the namespace of the process's first thread,
/// /proc/thread-self/net shows this one's.
/// </summary>
internal static class ProtocolCounterReader
{
    /// <summary>Largest file that is read, in bytes; netstat is the longest with about 6 KB.</summary>
    private const int MaxBytes = 256 * 1024;

    /// <summary>Reads snmp, netstat, snmp6 (missing where IPv6 is off) and xfrm_stat (missing where the kernel has no IPsec).</summary>
    public static Reading<IReadOnlyDictionary<string, Counter>> Read(string procRoot)
    {
        var folder = Path.Combine(procRoot, "thread-self", "net");
        var counters = new SortedDictionary<string, Counter>(StringComparer.Ordinal);
        var unknown = 0;
        SnmpTable.Parse(ReadText(folder, "snmp"), counters, ref unknown);
        SnmpTable.Parse(ReadText(folder, "netstat"), counters, ref unknown);
        Snmp6Table.Parse(ReadText(folder, "snmp6"), counters, ref unknown);
        Snmp6Table.Parse(ReadText(folder, "xfrm_stat"), counters, ref unknown);
        return counters.Count == 0
            ? Reading<IReadOnlyDictionary<string, Counter>>.None(NotAvailableReason.NotPresent, $"no counters under {folder}")
            : Reading<IReadOnlyDictionary<string, Counter>>.Of(counters, unknown: unknown);
    }

    private static string ReadText(string folder, string name)
    {
        try
        {
            using var reader = new StreamReader(Path.Combine(folder, name));
            var text = new char[MaxBytes];
            var length = reader.ReadBlock(text, 0, text.Length);
            return new string(text, 0, length);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return string.Empty;
        }
    }
}
