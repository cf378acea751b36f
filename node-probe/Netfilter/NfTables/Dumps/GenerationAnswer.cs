// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>NFTA_GEN_*: 1 id, 2 process, 3 name of who asks.</summary>
internal sealed class GenerationAnswer : INetlinkMessageHandler
{
    /// <summary>The generation; null when the answer did not say.</summary>
    public uint? Generation { get; private set; }

    public void Begin() => Generation = null;

    public void Handle(in NetlinkMessage message)
    {
        if (message.Type != NfTablesTypes.NewGeneration || message.Payload.Length < NfTablesTypes.HeaderSize) return;
        Generation = new NfAttributes(message.Payload[NfTablesTypes.HeaderSize..], 3).UInt32(1);
    }
}
