// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Rtnetlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

public sealed class RuleReaderTests
{
    [Fact]
    public void Decode_WgQuickRule_HasMarkTableAndInversion()
    {
        // fib_rule_hdr: family 2, dst len 0, src len 0, tos 0, table 0 (see FRA_TABLE), reserved 2, action 1, flags 2 (FIB_RULE_INVERT)
        //  15 FRA_TABLE 51820
        //  14 FRA_SUPPRESS_PREFIXLEN -1     always sent
        //  21 FRA_PROTOCOL 3
        //   6 FRA_PRIORITY 100
        //  10 FRA_FWMARK 0xca6c
        //  16 FRA_FWMASK 0xffffffff
        Decode("""
            02000000 00000001 02000000
            08000f00 6cca0000
            08000e00 ffffffff
            05001500 03000000
            08000600 64000000
            08000a00 6cca0000
            08001000 ffffffff
            """, out var unknown).ShouldBe(new RuleFact
        {
            Family = IpFamily.IPv4,
            Priority = 100,
            Action = 1,
            Table = 51820,
            Mark = 0xca6c,
            MarkMask = uint.MaxValue,
            Invert = true,
            Flags = 2,
            Protocol = 3,
        });
        unknown.ShouldBe(0);
    }

    [Fact]
    public void Decode_RuleWithPrefixesAndInterfaces_HasThem()
    {
        // family 10, dst len 64, src len 16, table 254, action 1; 1 FRA_DST, 2 FRA_SRC, 3 FRA_IIFNAME, 17 FRA_OIFNAME, 14 FRA_SUPPRESS_PREFIXLEN 0
        var rule = Decode("""
            0a401000 fe000001 00000000
            14000100 fd000001 00000000 00000000 00000000
            14000200 fd020000 00000000 00000000 00000000
            07000300 76300000
            09001100 74756e30 00000000
            08000e00 00000000
            """, out _).ShouldNotBeNull();
        rule.To.ShouldBe(IpPrefix.Parse("fd00:1::/64"));
        rule.From.ShouldBe(IpPrefix.Parse("fd02::/16"));
        rule.InputInterface.ShouldBe("v0");
        rule.OutputInterface.ShouldBe("tun0");
        rule.SuppressPrefixLength.ShouldBe(0);
        rule.Priority.ShouldBe(0u);
        rule.OtherSelectors.ShouldBeFalse();
    }

    [Theory]
    [InlineData("02000010 fe000001 00000000", 0)] // TOS
    [InlineData("02000000 fe000001 00000000 0c001400 e8030000 d0070000", 0)] // 20 FRA_UID_RANGE
    [InlineData("02000000 fe000001 00000000 05001600 11000000", 0)] // 22 FRA_IP_PROTO
    [InlineData("02000000 fe000001 00000000 0500ff00 11000000", 1)] // a selector of a kernel to come
    [InlineData("02000000 fe000001 00000000 06000a00 11000000", 1)] // a mark of two bytes
    [InlineData("02000000 fe000001 00000000 0300", 1)] // cut off
    public void Decode_SelectorWithoutAField_IsMarkedSoThatTheRuleDoesNotLookGeneral(string hex, int expected)
    {
        Decode(hex, out var unknown).ShouldNotBeNull().OtherSelectors.ShouldBeTrue();
        unknown.ShouldBe(expected);
    }

    [Fact]
    public void Decode_EverySelector_HasItsField()
    {
        // 12 TUN_ID 77 (network order), 13 SUPPRESS_IFGROUP 5, 19 L3MDEV 1, 20 UID_RANGE 1000-2000, 22 IP_PROTO 17, 23 SPORT_RANGE 1-2, 24 DPORT_RANGE 3-4,
        // 25 DSCP 5, 26 FLOWLABEL 0x77, 27 FLOWLABEL_MASK 0xff, 28 SPORT_MASK 0xff00, 29 DPORT_MASK 0xff, 30 DSCP_MASK 7, 11 FLOW 3/4; flags 8 | 16
        var rule = Decode("""
            0a000000 fe000001 18000000
            0c000c00 00000000 0000004d 08000d00 05000000 05001300 01000000 0c001400 e8030000 d0070000 05001600 11000000
            08001700 01000200 08001800 03000400 05001900 05000000 08001a00 00000077 08001b00 000000ff 06001c00 00ff0000 06001d00 ff000000
            05001e00 07000000 08000b00 04000300
            """, out var unknown).ShouldNotBeNull();
        unknown.ShouldBe(0);
        rule.ShouldBe(new RuleFact
        {
            Family = IpFamily.IPv6,
            Priority = 0,
            Action = 1,
            Table = 254,
            Flags = 24,
            TunnelId = 77,
            SuppressInterfaceGroup = 5,
            L3MasterDevice = true,
            UserIds = new ValueRange(1000, 2000),
            IpProtocol = 17,
            SourcePorts = new ValueRange(1, 2),
            DestinationPorts = new ValueRange(3, 4),
            Dscp = 5,
            FlowLabel = 0x77,
            FlowLabelMask = 0xff,
            SourcePortMask = 0xff00,
            DestinationPortMask = 0xff,
            DscpMask = 7,
            Realms = 0x30004,
            OtherSelectors = true,
        });
        (rule.IsInputDetached, rule.IsOutputDetached).ShouldBe((true, true));
    }

    private static RuleFact? Decode(string hex, out int unknown)
    {
        unknown = 0;
        return RuleReader.Decode(Wire.Hex(hex), ref unknown);
    }
}
