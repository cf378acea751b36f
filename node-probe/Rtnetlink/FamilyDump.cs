// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Rtnetlink;

/// <summary>A kind of rtnetlink record and how to ask for all of them.</summary>
/// <param name="What">Plural name for people.</param>
/// <param name="GetMessage">RTM_GET*.</param>
/// <param name="NewMessage">RTM_NEW*.</param>
/// <param name="HeaderSize">Size of the fixed header; all of them begin with the family.</param>
internal sealed record DumpKind(string What, ushort GetMessage, ushort NewMessage, int HeaderSize);

/// <summary>Reads all records of a kind, of one family or of both.</summary>
internal static class FamilyDump
{
    /// <summary>
    /// The most records of one kind and family that are kept: more than a node with many pods has. Kinds of which there may be more
    /// (routes, neighbours) are read in a stream instead.
    /// </summary>
    public const int MaxRecords = 20_000;

    /// <summary>Reads IPv4 and IPv6; a kernel without IPv6 has none of it, which is not an error.</summary>
    public static Reading<IReadOnlyList<T>> ReadBoth<T>(NetlinkConnection connection, DumpKind kind, RecordDecoder<T> decode, Deadline deadline)
        where T : class
    {
        var first = ReadOne(connection, kind, RtnetlinkTypes.FamilyInet, decode, deadline);
        if (first.Value is null) return first;
        var second = ReadOne(connection, kind, RtnetlinkTypes.FamilyInet6, decode, deadline);
        if (second.Value is null) return second;
        return Reading<IReadOnlyList<T>>.Of(
            [.. first.Value, .. second.Value],
            first.Interrupted || second.Interrupted,
            first.Unknown + second.Unknown,
            first.Cut ?? second.Cut,
            first.Seen is null && second.Seen is null ? null : (first.Seen ?? first.Value.Count) + (second.Seen ?? second.Value.Count));
    }

    /// <summary>Reads one family; 0 for records that have none.</summary>
    public static Reading<IReadOnlyList<T>> ReadOne<T>(
        NetlinkConnection connection, DumpKind kind, byte family, RecordDecoder<T> decode, Deadline deadline)
        where T : class
    {
        Span<byte> header = stackalloc byte[kind.HeaderSize];
        header.Clear();
        header[0] = family;
        var writer = new NetlinkMessageWriter(stackalloc byte[64], kind.GetMessage, NetlinkConstants.FlagDump);
        writer.WriteHeader(header);

        // A kernel that does not know a family answers with the records of all of them (rtnl_dump_all).
        T? DecodeOfFamily(ReadOnlySpan<byte> payload, ref int unknown) =>
            family != 0 && payload.Length > 0 && payload[0] != family ? null : decode(payload, ref unknown);

        var collector = new DumpCollector<T>(kind.NewMessage, DecodeOfFamily, MaxRecords);
        var result = connection.Execute(writer.Complete(), collector, deadline);
        if (IsAbsentFamily(family, result))
            return Reading<IReadOnlyList<T>>.Of([]);
        if (!result.IsOk) return Reading<IReadOnlyList<T>>.None(result);
        var cut = collector.Cut ? $"{kind.What}: only the first {MaxRecords} of a family" : null;
        return Reading<IReadOnlyList<T>>.Of(
            collector.Items, result.Interrupted, collector.Unknown, cut, collector.Cut ? collector.Seen : null);
    }

    /// <summary>True when the kernel has no IPv6 at all: then there is nothing of it, which is not an error.</summary>
    public static bool IsAbsentFamily(byte family, in NetlinkResult result) => family == RtnetlinkTypes.FamilyInet6
        && (result.IsRefusedWith(Errno.FamilyNotSupported) || result.IsRefusedWith(Errno.NotSupported));
}
