// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>Reads the rule sets of iptables-legacy and ip6tables-legacy (ip_tables.ko, ip6_tables.ko) of the calling thread's namespace.</summary>
internal static class LegacyReader
{
    private const string Directory = "/proc/thread-self/net";

    /// <summary>
    /// Reads every table that there is. A question for a table that is not there would make the kernel load its module and hook it in, so
    /// only those are asked for that the kernel lists; none at all is an empty list.
    /// </summary>
    public static Reading<IReadOnlyList<NetfilterTable>> Read(IXtDecoder decoder, Deadline deadline) => Read(decoder, deadline, Directory, Open);

    /// <param name="decoder">Decodes matches and targets.</param>
    /// <param name="deadline">When to stop.</param>
    /// <param name="directory">Where the lists of tables are.</param>
    /// <param name="open">Opens the source of a family (true = IPv6).</param>
    internal static Reading<IReadOnlyList<NetfilterTable>> Read(IXtDecoder decoder, Deadline deadline, string directory, SourceOpener open)
    {
        var tables = new List<NetfilterTable>();
        var unknown = 0;
        var interrupted = false;
        var gaps = new List<string>();
        foreach (var layout in (ReadOnlySpan<LegacyLayout>)[LegacyLayout.Version4, LegacyLayout.Version6])
        {
            var version6 = layout.Family == NetfilterFamily.Ipv6;
            var errno = LegacyTableNames.TryRead($"{directory}/{(version6 ? "ip6_tables_names" : "ip_tables_names")}", out var names);
            if (errno != 0) return Reading<IReadOnlyList<NetfilterTable>>.None(NotAvailableReason.NotPermitted, $"{directory}: {Errno.NameOf(errno)}");
            if (names.Count == 0) continue;
            errno = open(version6, out var source);
            if (errno != 0) return Reading<IReadOnlyList<NetfilterTable>>.None(ReasonOf(errno), $"raw socket: {Errno.NameOf(errno)}");
            using (source)
            {
                foreach (var name in names)
                {
                    if (deadline.Expired || deadline.Token.IsCancellationRequested) return Reading<IReadOnlyList<NetfilterTable>>.None(NotAvailableReason.TimedOut, "legacy tables");
                    var read = LegacyTableReader.Read(source!, name, layout, decoder);
                    unknown += read.Unknown;
                    interrupted |= read.Changed;
                    if (read.Table is not null) tables.Add(read.Table);
                    else if (read.Problem is not null) gaps.Add($"{layout.Family} {name}: {read.Problem}");
                }
            }
        }

        if (gaps.Count > 0 && tables.Count == 0) return Reading<IReadOnlyList<NetfilterTable>>.None(NotAvailableReason.Failed, string.Join("; ", gaps));
        return Reading<IReadOnlyList<NetfilterTable>>.Of(tables, interrupted, unknown, gaps.Count == 0 ? null : string.Join("; ", gaps));
    }

    private static int Open(bool version6, out IXtablesSource? source)
    {
        var errno = XtablesSocket.TryOpen(version6, out var socket);
        source = socket;
        return errno;
    }

    private static NotAvailableReason ReasonOf(int errno) => errno switch
    {
        Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
        Errno.FamilyNotSupported or Errno.ProtocolNotSupported => NotAvailableReason.NotPresent,
        _ => NotAvailableReason.Failed,
    };
}

/// <summary>Opens the source of a family; returns the errno, 0 when it worked.</summary>
internal delegate int SourceOpener(bool version6, out IXtablesSource? source);
