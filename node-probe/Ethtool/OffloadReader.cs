// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>Reads the offload features of all devices of the namespace (generic netlink family "ethtool", Linux 5.6; features since 5.8).</summary>
internal static class OffloadReader
{
    public static Reading<IReadOnlyList<OffloadFact>> Read(NetlinkConnection connection, Deadline deadline)
    {
        var resolved = GenericNetlink.TryResolve(connection, EthtoolAttributes.FamilyName, deadline, out var family);
        if (resolved.IsRefusedWith(Errno.NoEntry))
            return Reading<IReadOnlyList<OffloadFact>>.None(NotAvailableReason.NotPresent, "this kernel has no ethtool netlink");
        if (!resolved.IsOk) return Reading<IReadOnlyList<OffloadFact>>.None(resolved);
        var named = FeatureNamesReader.Read(connection, family, deadline, out var names);
        if (!named.IsOk) return Reading<IReadOnlyList<OffloadFact>>.None(named);

        Span<byte> flags = stackalloc byte[16];
        var header = new NestWriter(flags).Add(EthtoolAttributes.HeaderFlags, EthtoolAttributes.FlagCompactBitsets);
        var writer = new NetlinkMessageWriter(stackalloc byte[64], family, NetlinkConstants.FlagDump);
        writer.WriteHeader([EthtoolAttributes.CommandFeatures, EthtoolAttributes.Version, 0, 0]);
        writer.WriteAttribute(EthtoolAttributes.Header | EthtoolAttributes.Nested, header.Bytes);
        var collector = new OffloadCollector(family, names);
        var result = connection.Execute(writer.Complete(), collector, deadline);
        return result.IsOk
            ? Reading<IReadOnlyList<OffloadFact>>.Of(collector.Build(), result.Interrupted, collector.Unknown)
            : Reading<IReadOnlyList<OffloadFact>>.None(result);
    }
}
