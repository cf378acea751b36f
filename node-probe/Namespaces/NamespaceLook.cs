// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Rtnetlink;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>A short look into a namespace: one dump of its links and one of its addresses. The calling thread stays in the namespace and has to end.</summary>
internal sealed class NamespaceLook(INetlinkTransportFactory netlink, string procRoot)
{
    /// <summary>IFLA_EXT_MASK.</summary>
    private const ushort IflaExtMask = 29;

    /// <summary>RTEXT_FILTER_SKIP_STATS: the counters are most of a link's message.</summary>
    private const uint FilterSkipStatistics = 1 << 3;

    private readonly NamespaceSummaryHandler _handler = new();

    public ScannedNamespace Into(FoundNamespace found, Deadline deadline)
    {
        var errno = NetworkNamespace.TryOpen(found.EntryPath(procRoot), out var opened);
        using (opened)
        {
            if (opened is null || opened.Status.Identity != found.Status.Identity)
                return ScannedNamespace.Failed(found, opened is null ? NamespaceProblem.Of(errno) : NamespaceProblem.Vanished);
            errno = opened.EnterWithThisThread();
            return errno == 0 ? Dump(found, deadline) : ScannedNamespace.Failed(found, NamespaceProblem.Of(errno));
        }
    }

    private ScannedNamespace Dump(FoundNamespace found, Deadline deadline)
    {
        var result = NetlinkConnection.TryOpen(netlink, NetlinkConstants.ProtocolRoute, secret: false, out var connection);
        using (connection)
        {
            if (connection is not null) result = Dump(connection, deadline);
            return result.IsOk
                ? new ScannedNamespace(found, _handler.Links, _handler.WireGuards > 0, [.. _handler.Tuns], [.. _handler.Addresses], _handler.Mtu)
                : ScannedNamespace.Failed(found, new NotAvailable(NotAvailableReason.Failed, result.Describe()));
        }
    }

    private NetlinkResult Dump(NetlinkConnection connection, Deadline deadline)
    {
        Span<byte> header = stackalloc byte[RtnetlinkTypes.LinkHeaderSize];
        header.Clear();
        Span<byte> buffer = stackalloc byte[64];
        var links = new NetlinkMessageWriter(buffer, RtnetlinkTypes.GetLink, NetlinkConstants.FlagDump);
        links.WriteHeader(header);
        links.WriteAttribute(IflaExtMask, FilterSkipStatistics);
        _handler.Expect(addresses: false);
        var result = connection.Execute(links.Complete(), _handler, deadline);
        // Only loopback: nothing else can have an address that tells anything.
        if (!result.IsOk || _handler.Links <= 1) return result;
        var addresses = new NetlinkMessageWriter(buffer, RtnetlinkTypes.GetAddress, NetlinkConstants.FlagDump);
        addresses.WriteHeader(header[..RtnetlinkTypes.AddressHeaderSize]);
        _handler.Expect(addresses: true);
        return connection.Execute(addresses.Complete(), _handler, deadline);
    }
}
