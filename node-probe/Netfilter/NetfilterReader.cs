// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netfilter.IpSets;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;
using KubeWgDiag.NodeProbe.Netfilter.NfTables;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter;

/// <summary>
/// Reads all packet filters of the network namespace that the calling thread is in. A kernel has nf_tables, legacy xtables, both or
/// none, and rules of both may be in use at once; what one of them does not give is a gap and never hides the other.
/// </summary>
internal static class NetfilterReader
{
    public static Reading<NetfilterFact> Read(INetlinkTransportFactory netlink, Deadline deadline)
    {
        // Sets first, because rules of both backends name them by number.
        var sets = Over(netlink, connection => IpSetReader.Read(connection, deadline));
        var xtables = new XtDecoder(sets.Value);
        var modern = Over(netlink, connection => new NfTablesReader(xtables).Read(connection, deadline));
        var legacy = LegacyReader.Read(xtables, deadline);
        // Without nf_tables and without legacy rules only the reason is worth telling.
        if (modern.Value is null && legacy.Value is not { Count: > 0 }) return modern;
        return Join(modern, legacy, sets);
    }

    internal static Reading<NetfilterFact> Join(Reading<NetfilterFact> modern, Reading<IReadOnlyList<NetfilterTable>> legacy, Reading<IReadOnlyList<IpSet>> sets)
    {
        var fact = modern.Value ?? new NetfilterFact();
        List<string> gaps = [.. fact.Gaps];
        Missing(gaps, "nf_tables", modern.NotAvailable);
        Missing(gaps, "legacy tables", legacy.NotAvailable);
        var backendMissing = gaps.Count > fact.Gaps.Count;
        Missing(gaps, "ipsets", sets.NotAvailable);
        foreach (var cut in new[] { legacy.Cut, sets.Cut })
        {
            if (cut is not null) gaps.Add(cut);
        }

        fact = fact with { Tables = [.. fact.Tables, .. legacy.Value ?? []], IpSets = sets.Value ?? [], Gaps = gaps, BackendMissing = backendMissing };
        fact = fact with { Worlds = FilterWorlds.Of(fact) };
        var cuts = string.Join("; ", new[] { modern.Cut, legacy.Cut, sets.Cut }.OfType<string>());
        return Reading<NetfilterFact>.Of(
            fact, modern.Interrupted || legacy.Interrupted || sets.Interrupted, modern.Unknown + legacy.Unknown + sets.Unknown, cuts.Length == 0 ? null : cuts, modern.Seen);
    }

    /// <summary>A backend that the kernel does not have leaves no gap.</summary>
    private static void Missing(List<string> gaps, string what, NotAvailable? reason)
    {
        if (reason is { Reason: not NotAvailableReason.NotPresent }) gaps.Add($"{what}: {reason.Detail}");
    }

    private static Reading<T> Over<T>(INetlinkTransportFactory netlink, Func<NetlinkConnection, Reading<T>> read)
        where T : class
    {
        var opened = NetlinkConnection.TryOpen(netlink, NfTablesTypes.Protocol, secret: false, out var connection);
        if (connection is null) return Reading<T>.None(opened);
        using (connection) return read(connection);
    }
}
