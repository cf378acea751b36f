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

    private static RuleFact? Decode(string hex, out int unknown)
    {
        unknown = 0;
        return RuleReader.Decode(Wire.Hex(hex), ref unknown);
    }
}
