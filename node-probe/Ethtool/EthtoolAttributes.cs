// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Ethtool;

/// <summary>Commands and attributes of linux/ethtool_netlink.h.</summary>
internal static class EthtoolAttributes
{
    /// <summary>ETHTOOL_GENL_NAME.</summary>
    public const string FamilyName = "ethtool";

    /// <summary>ETHTOOL_GENL_VERSION.</summary>
    public const byte Version = 1;

    /// <summary>ETHTOOL_MSG_STRSET_GET, and its reply.</summary>
    public const byte CommandStringSets = 1;

    /// <summary>ETHTOOL_MSG_FEATURES_GET, and its reply.</summary>
    public const byte CommandFeatures = 11;

    /// <summary>ETH_SS_FEATURES of linux/ethtool.h.</summary>
    public const uint StringSetFeatures = 4;

    /// <summary>ETHTOOL_FLAG_COMPACT_BITSETS.</summary>
    public const uint FlagCompactBitsets = 1;

    /// <summary>NLA_F_NESTED: the kernel demands it in requests.</summary>
    public const ushort Nested = 0x8000;

    public const ushort Header = 1;
    public const ushort HeaderDeviceIndex = 1;
    public const ushort HeaderFlags = 3;

    public const ushort StringSets = 2;
    public const ushort StringSet = 1;
    public const ushort StringSetId = 1;
    public const ushort StringSetStrings = 3;
    public const ushort String = 1;
    public const ushort StringIndex = 1;
    public const ushort StringValue = 2;

    public const ushort FeaturesHardware = 2;
    public const ushort FeaturesWanted = 3;
    public const ushort FeaturesActive = 4;
    public const ushort FeaturesNoChange = 5;

    public const ushort BitsetNoMask = 1;
    public const ushort BitsetSize = 2;
    public const ushort BitsetBits = 3;
    public const ushort BitsetValue = 4;
    public const ushort Bit = 1;
    public const ushort BitIndex = 1;
    public const ushort BitValue = 3;
}
