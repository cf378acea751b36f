// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Asks for one kind of record at a time.</summary>
internal sealed class NfRequests(NetlinkConnection connection, Deadline deadline)
{
    private const ushort ElementListTable = 1;
    private const ushort ElementListSet = 2;

    /// <summary>Two names, each of whose bytes may have become a replacement character of three.</summary>
    private const int LargestRequest = 2048;

    /// <summary>A dump was still interrupted after several readings.</summary>
    public bool Interrupted { get; private set; }

    public NetlinkResult Generation(out uint? generation)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[64], NfTablesTypes.GetGeneration, flags: 0);
        writer.WriteHeader(Header(NfTablesTypes.AllFamilies));
        var answer = new GenerationAnswer();
        var result = connection.Execute(writer.Complete(), answer, deadline);
        generation = answer.Generation;
        return result;
    }

    /// <summary>All records of a kind, of all families.</summary>
    public NetlinkResult Dump(ushort message, INetlinkMessageHandler handler)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[64], message, NetlinkConstants.FlagDump);
        writer.WriteHeader(Header(NfTablesTypes.AllFamilies));
        return Noted(connection.Execute(writer.Complete(), handler, deadline));
    }

    /// <summary>The elements of a set.</summary>
    public NetlinkResult Elements(TableBuilder table, string set, INetlinkMessageHandler handler)
    {
        var writer = new NetlinkMessageWriter(stackalloc byte[LargestRequest], NfTablesTypes.GetElement, NetlinkConstants.FlagDump);
        writer.WriteHeader(Header((byte)table.Family));
        writer.WriteString(ElementListTable, table.Name);
        writer.WriteString(ElementListSet, set);
        return Noted(connection.Execute(writer.Complete(), handler, deadline));
    }

    // struct nfgenmsg: family, NFNETLINK_V0, resource id.
    private static byte[] Header(byte family) => [family, 0, 0, 0];

    private NetlinkResult Noted(NetlinkResult result)
    {
        Interrupted |= result.Interrupted;
        return result;
    }
}
