// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netfilter.NfTables;
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
        var xtables = new UnknownXtDecoder();
        return ReadNfTables(netlink, xtables, deadline);
    }

    private static Reading<NetfilterFact> ReadNfTables(INetlinkTransportFactory netlink, IXtDecoder xtables, Deadline deadline)
    {
        var opened = NetlinkConnection.TryOpen(netlink, NfTablesTypes.Protocol, secret: false, out var connection);
        if (connection is null) return Reading<NetfilterFact>.None(opened);
        using (connection) return new NfTablesReader(xtables).Read(connection, deadline);
    }
}
