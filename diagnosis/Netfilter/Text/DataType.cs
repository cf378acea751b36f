// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>
/// What a value means, with the numbers of nft's data types (enum datatypes), which NFTA_SET_KEY_TYPE carries too; those of a
/// concatenation are packed with six bits each.
/// </summary>
internal enum DataType
{
    Invalid = 0,
    Verdict = 1,
    NfProto = 2,
    Bitmask = 3,
    Integer = 4,
    String = 5,
    LinkAddress = 6,
    Ipv4Address = 7,
    Ipv6Address = 8,
    EtherAddress = 9,
    EtherType = 10,
    ArpOperation = 11,
    InetProtocol = 12,
    InetService = 13,
    IcmpType = 14,
    TcpFlag = 15,
    DccpPacketType = 16,
    MobilityType = 17,
    Time = 18,
    Mark = 19,
    InterfaceIndex = 20,
    ArpHardware = 21,
    Realm = 22,
    ClassId = 23,
    UserId = 24,
    GroupId = 25,
    CtState = 26,
    CtDirection = 27,
    CtStatus = 28,
    Icmpv6Type = 29,
    CtLabel = 30,
    PacketType = 31,
    IcmpCode = 32,
    Icmpv6Code = 33,
    IcmpxCode = 34,
    DeviceGroup = 35,
    Dscp = 36,
    Ecn = 37,
    FibAddress = 38,
    Boolean = 39,
    CtEvent = 40,
    InterfaceName = 41,
    IgmpType = 42,
    TimeDate = 43,
    TimeHour = 44,
    TimeDay = 45,
    CgroupV2 = 46,

    /// <summary>An integer that is written in hexadecimal; no number of nft's.</summary>
    HexInteger = 60,
}

/// <summary>Properties of data types.</summary>
internal static class DataTypes
{
    private const int BitsPerType = 6;

    /// <summary>The types of a concatenation in order; one type alone otherwise.</summary>
    public static IReadOnlyList<DataType> Unpack(uint packed)
    {
        var types = new List<DataType>();
        for (; packed != 0; packed >>= BitsPerType) types.Insert(0, (DataType)(packed & ((1 << BitsPerType) - 1)));
        return types;
    }

    /// <summary>Bytes of a value; 0 when the type does not say.</summary>
    public static int LengthOf(DataType type) => type switch
    {
        DataType.Ipv6Address or DataType.InterfaceName or DataType.CtLabel => 16,
        DataType.EtherAddress => 6,
        DataType.TimeDate or DataType.Time or DataType.CgroupV2 => 8,
        DataType.EtherType or DataType.ArpOperation or DataType.InetService or DataType.ArpHardware => 2,
        DataType.NfProto or DataType.InetProtocol or DataType.IcmpType or DataType.TcpFlag or DataType.MobilityType or DataType.CtDirection
            or DataType.Icmpv6Type or DataType.PacketType or DataType.IcmpCode or DataType.Icmpv6Code or DataType.IcmpxCode or DataType.Dscp
            or DataType.Ecn or DataType.Boolean or DataType.IgmpType or DataType.TimeDay or DataType.DccpPacketType => 1,
        DataType.Integer or DataType.String or DataType.Bitmask or DataType.LinkAddress or DataType.Invalid => 0,
        _ => 4,
    };

    /// <summary>Values of several bytes are in the node's byte order, unless an expression turned them.</summary>
    public static bool IsHostOrder(DataType type) => type is DataType.Mark or DataType.InterfaceIndex or DataType.ArpHardware or DataType.Realm
        or DataType.ClassId or DataType.UserId or DataType.GroupId or DataType.CtState or DataType.CtStatus or DataType.CtLabel or DataType.DeviceGroup
        or DataType.FibAddress or DataType.CtEvent or DataType.Time or DataType.TimeDate or DataType.TimeHour or DataType.CgroupV2;

    public static bool IsBitmask(DataType type) =>
        type is DataType.Bitmask or DataType.TcpFlag or DataType.CtState or DataType.CtStatus or DataType.CtLabel or DataType.CtEvent;

    /// <summary>nft writes ranges of it as prefixes where it can.</summary>
    public static bool HasPrefixes(DataType type) => type is DataType.Ipv4Address or DataType.Ipv6Address or DataType.Mark;
}
