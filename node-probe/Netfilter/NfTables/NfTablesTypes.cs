// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Numbers of linux/netfilter/nfnetlink.h and nf_tables.h that readers share. All integers of attributes are big-endian.</summary>
internal static class NfTablesTypes
{
    /// <summary>NETLINK_NETFILTER.</summary>
    public const int Protocol = 12;

    /// <summary>sizeof(struct nfgenmsg): family, version, resource id.</summary>
    public const int HeaderSize = 4;

    /// <summary>NFPROTO_UNSPEC: in a dump, all families.</summary>
    public const byte AllFamilies = 0;

    public const ushort NewTable = Subsystem | 0;
    public const ushort GetTable = Subsystem | 1;
    public const ushort NewChain = Subsystem | 3;
    public const ushort GetChain = Subsystem | 4;
    public const ushort NewRule = Subsystem | 6;
    public const ushort GetRule = Subsystem | 7;
    public const ushort NewSet = Subsystem | 9;
    public const ushort GetSet = Subsystem | 10;
    public const ushort NewElement = Subsystem | 12;
    public const ushort GetElement = Subsystem | 13;
    public const ushort NewGeneration = Subsystem | 15;
    public const ushort GetGeneration = Subsystem | 16;
    public const ushort NewObject = Subsystem | 18;
    public const ushort GetObject = Subsystem | 19;
    public const ushort NewFlowTable = Subsystem | 22;
    public const ushort GetFlowTable = Subsystem | 23;

    /// <summary>NFT_NAME_MAXLEN.</summary>
    public const int MaxNameLength = 256;

    /// <summary>NFTA_LIST_ELEM.</summary>
    public const ushort ListElement = 1;

    /// <summary>NFNL_SUBSYS_NFTABLES, in the upper byte of the message type.</summary>
    private const ushort Subsystem = 10 << 8;
}
