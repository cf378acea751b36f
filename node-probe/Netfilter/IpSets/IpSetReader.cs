// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.IpSets;

/// <summary>Reads the sets of the kernel's ipset subsystem. A kernel without it (ip_set.ko) has none.</summary>
internal static class IpSetReader
{
    /// <summary>Elements that are kept over all sets; an evaluator that needs one beyond them says that it cannot know.</summary>
    public const int MaxElements = 100_000;

    /// <summary>EINVAL: nfnetlink knows no such subsystem, because ip_set is not loaded and cannot be.</summary>
    private const int InvalidArgument = 22;

    /// <param name="connection">A connection to NETLINK_NETFILTER in the namespace.</param>
    /// <param name="deadline">When to stop.</param>
    /// <remarks>Asking a kernel that has not loaded ip_set would make it load the module; /sys says whether it is there.</remarks>
    public static Reading<IReadOnlyList<IpSet>> Read(NetlinkConnection connection, Deadline deadline) =>
        Directory.Exists("/sys/module") && !Directory.Exists("/sys/module/ip_set")
            ? Reading<IReadOnlyList<IpSet>>.Of([])
            : Read(connection, deadline, MaxElements);

    internal static Reading<IReadOnlyList<IpSet>> Read(NetlinkConnection connection, Deadline deadline, int limit)
    {
        var handler = new IpSetHandler(limit);
        var writer = new NetlinkMessageWriter(stackalloc byte[64], IpSetMessages.List, NetlinkConstants.FlagDump);
        writer.WriteHeader(stackalloc byte[IpSetMessages.HeaderSize]);
        writer.WriteAttribute(IpSetMessages.AttributeProtocol, [IpSetMessages.OldProtocol]);
        var result = connection.Execute(writer.Complete(), handler, deadline);
        if (result.IsRefusedWith(InvalidArgument)) return Reading<IReadOnlyList<IpSet>>.Of([]);
        if (!result.IsOk) return Reading<IReadOnlyList<IpSet>>.None(result);
        var sets = handler.Complete();
        for (var i = 0; i < sets.Count; i++) sets[i] = sets[i] with { Index = IndexOf(connection, sets[i].Name, deadline) };
        return Reading<IReadOnlyList<IpSet>>.Of(sets, result.Interrupted, handler.Unknown, handler.Dropped == 0 ? null : $"{handler.Dropped} elements of ipsets");
    }

    /// <summary>Asks for the index of a set, by which rules name it; null when the kernel is older than 4.20 or the set is gone.</summary>
    private static ushort? IndexOf(NetlinkConnection connection, string name, Deadline deadline)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[192], IpSetMessages.GetByName, flags: 0);
        writer.WriteHeader(stackalloc byte[IpSetMessages.HeaderSize]);
        writer.WriteAttribute(IpSetMessages.AttributeProtocol, [IpSetMessages.NewProtocol]);
        writer.WriteString(IpSetMessages.AttributeName, name);
        var handler = new IpSetIndexHandler();
        return connection.Execute(writer.Complete(), handler, deadline).IsOk ? handler.Index : null;
    }
}
