// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>
/// Reads neighbour tables in a stream (RTM_GETNEIGH; struct ndmsg and attributes of linux/neighbour.h), and the proxy entries,
/// which the kernel keeps apart and gives only to those who ask for them.
/// </summary>
internal static class NeighbourReader
{
    /// <summary>NTF_PROXY in ndm_flags of the question: proxy entries instead of neighbours.</summary>
    private const byte FlagProxy = 8;

    /// <summary>Offset of ndm_flags in struct ndmsg.</summary>
    private const int FlagsOffset = 10;

    /// <summary>Entries that tell a trouble or are asked for, of one family.</summary>
    private const int MaxDeciding = 10_000;

    /// <summary>Others of one family.</summary>
    private const int MaxOthers = 5_000;

    /// <summary>Reads neighbours: those in trouble and those asked for, and some of the rest.</summary>
    /// <param name="connection">Where to ask.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="wanted">Addresses that matter: endpoints and gateways.</param>
    public static Reading<IReadOnlyList<NeighbourFact>> Read(NetlinkConnection connection, Deadline deadline, IReadOnlySet<IpAddr>? wanted = null)
    {
        var all = new List<NeighbourFact>();
        var interrupted = false;
        var cut = false;
        var unknown = 0;
        var seen = 0L;
        foreach (var (family, flags) in new[]
        {
            (RtnetlinkTypes.FamilyInet, (byte)0), (RtnetlinkTypes.FamilyInet, FlagProxy),
            (RtnetlinkTypes.FamilyInet6, (byte)0), (RtnetlinkTypes.FamilyInet6, FlagProxy),
        })
        {
            var collector = new NeighbourCollector(family, wanted, MaxDeciding, MaxOthers);
            var result = Dump(connection, family, flags, collector, deadline);
            if (FamilyDump.IsAbsentFamily(family, result)) continue;
            if (!result.IsOk) return Reading<IReadOnlyList<NeighbourFact>>.None(result);
            all.AddRange(collector.Neighbours);
            interrupted |= result.Interrupted;
            cut |= collector.Cut;
            unknown += collector.Unknown;
            seen += collector.Seen;
        }

        return Reading<IReadOnlyList<NeighbourFact>>.Of(
            all,
            interrupted,
            unknown,
            cut ? string.Create(CultureInfo.InvariantCulture, $"neighbours: only the first {MaxDeciding} of a family that are in trouble or asked for") : null,
            seen > all.Count ? seen : null);
    }

    /// <summary>Decodes one entry; null when it is of another family or has no address.</summary>
    internal static NeighbourFact? Decode(ReadOnlySpan<byte> payload, ref int unknown) =>
        NeighbourView.TryRead(payload, out var entry, ref unknown) ? entry.Build() : null;

    private static NetlinkResult Dump(NetlinkConnection connection, byte family, byte flags, NeighbourCollector collector, Deadline deadline)
    {
        Span<byte> header = stackalloc byte[RtnetlinkTypes.NeighbourHeaderSize];
        header.Clear();
        header[0] = family;
        header[FlagsOffset] = flags;
        var writer = new NetlinkMessageWriter(stackalloc byte[64], RtnetlinkTypes.GetNeighbour, NetlinkConstants.FlagDump);
        writer.WriteHeader(header);
        return connection.Execute(writer.Complete(), collector, deadline);
    }
}
