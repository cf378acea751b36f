// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Structures byte by byte (little endian), those above all that iptables 1.8 does not make any more.</summary>
public sealed class XtDecoderTests
{
    [Fact]
    public void OldStructures_AreDecoded()
    {
        // struct xt_state_info: new (8) and untracked (bit 6).
        Match("state", 0, "48000000 00000000").ShouldBe(new XtConntrack { States = XtConntrackStates.New | XtConntrackStates.Untracked, StateAlias = true });
        // struct xt_multiport: source, 2 ports.
        var ports = Match("multiport", 0, "00 02 5000 bb01" + Zeros(26)).ShouldBeOfType<XtMultiport>();
        ports.Ports.Select(port => port.From).ShouldBe([80, 443]);
        // struct xt_addrtype_info: source local (4), inverted.
        Match("addrtype", 0, "0400 0000 01000000 00000000" + Zeros(4)).ShouldBe(new XtAddrtype { Source = XtAddressTypes.Local, SourceInverted = true });
        // struct xt_NFQ_info.
        Target("NFQUEUE", 0, "0700" + Zeros(6)).ShouldBe(new XtNfqueue(0, 7));
        // struct xt_tproxy_target_info: mask, value, 127.0.0.1, port 53.
        Target("TPROXY", 0, "ff000000 01000000 7f000001 0035 0000").ShouldBe(new XtTproxy(1, 255, IpAddr.Parse("127.0.0.1"), 53));
        // struct nf_nat_ipv4_multi_range_compat of one range with addresses.
        Target("SNAT", 0, "01000000 01000000 c0000201 c0000209 0000 0000" + Zeros(4))
            .ShouldBe(new XtNat { Kind = XtNatKind.Snat, Flags = XtNatFlags.MapIps, AddressMin = IpAddr.Parse("192.0.2.1"), AddressMax = IpAddr.Parse("192.0.2.9") });
        // struct xt_nfacct_match_info.
        Match("nfacct", 0, Convert.ToHexString("a-name"u8) + Zeros(34)).ShouldBe(new XtNfacct("a-name"));
        // struct xt_set_info_match_v1: index 7, 2 dimensions, source and destination, inverted.
        var set = Match("set", 1, "0700 02 03 00000000").ShouldBeOfType<XtSet>();
        (set.Index, set.Inverted, set.Name).ShouldBe(((ushort)7, true, null));
        set.Sources.ShouldBe([true, false]);
    }

    [Fact]
    public void Ipvs_IsDecoded()
    {
        // struct xt_ipvs_mtinfo: address and mask of 16 bytes each, port 80, TCP, method, controlling port, invert, bitmask (property, protocol, address, port).
        var match = Match("ipvs", 0, "0a000001" + Zeros(12) + "ffffffff" + Zeros(12) + "0050 06 00 0000 01 0f");
        XtRuleText.Expression(NetfilterFamily.Ipv4, match).ShouldBe("-m ipvs ! --ipvs --vproto 6 --vaddr 10.0.0.1 --vport 80");
    }

    [Fact]
    public void Secmark_IsDecoded() =>
        Target("SECMARK", 1, "01" + Convert.ToHexString("u:r:t"u8) + Zeros(258)).ShouldBe(new XtSecmark(1, "u:r:t"));

    [Theory]
    [InlineData("tcp", 0, "00")]
    [InlineData("tcp", 1, "00000000000000000000000000000000")]
    [InlineData("tcp", 0, "0000ffff0000ffff000000f000000000")]
    [InlineData("mark", 0, "000000000000000000000000")]
    [InlineData("mark", 1, "00000000000000000200000000000000")]
    [InlineData("nosuch", 0, "")]
    [InlineData("rpfilter", 0, "f000000000000000")]
    public void NameRevisionSizeOrFlagThatIsNotKnown_IsUnknown(string name, byte revision, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var unknown = XtMatchDecoder.Decode(name, revision, NetfilterFamily.Ipv4, bytes).ShouldBeOfType<XtUnknownMatch>();
        (unknown.Name, unknown.Revision, unknown.Info).ShouldBe((name, revision, new HexBytes(bytes)));
    }

    [Fact]
    public void EqualBytes_AreTheSameObject()
    {
        var decoder = new XtDecoder();
        var bytes = Convert.FromHexString("0400000004000000" + "0000000000000000");
        var first = decoder.DecodeMatch(NetfilterFamily.Ipv4, "mark", 1, bytes);
        decoder.DecodeMatch(NetfilterFamily.Ipv4, "mark", 1, bytes.ToArray()).ShouldBeSameAs(first);
        decoder.DecodeMatch(NetfilterFamily.Ipv4, "connmark", 1, bytes).ShouldBeOfType<XtConnmark>();
    }

    [Fact]
    public void NamesOfSets_AreFilledIn()
    {
        var decoder = new XtDecoder([new IpSet { Name = "pods", Type = "hash:ip", Index = 7 }]);
        decoder.DecodeMatch(NetfilterFamily.Ipv4, "set", 1, Convert.FromHexString("0700020300000000")).ShouldBeOfType<XtSet>().Name.ShouldBe("pods");
        decoder.DecodeMatch(NetfilterFamily.Ipv4, "set", 1, Convert.FromHexString("0800020300000000")).ShouldBeOfType<XtSet>().Name.ShouldBeNull();
    }

    /// <summary>Any bytes under any name and any length: a value, never an exception.</summary>
    [Fact]
    public void AnyBytes_NeverThrow()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        string[] names =
        [
            "tcp", "udp", "sctp", "dccp", "icmp", "icmp6", "multiport", "tcpmss", "conntrack", "state", "connmark", "connbytes", "connlimit", "connlabel", "helper", "ipvs",
            "set", "addrtype", "iprange", "rpfilter", "physdev", "devgroup", "statistic", "limit", "hashlimit", "recent", "quota", "cluster", "nfacct", "time", "frag", "rt",
            "hbh", "dst", "ipv6header", "eui64", "mh", "ah", "esp", "ipcomp", "policy", "socket", "owner", "cgroup", "comment", "mark", "length", "pkttype", "dscp", "tos",
            "ecn", "ttl", "hl", "mac", "realm", "cpu", "string", "u32", "bpf", "DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "DNPT", "MARK", "CONNMARK", "CLASSIFY",
            "SECMARK", "CONNSECMARK", "SET", "DSCP", "TOS", "TTL", "HL", "ECN", "TCPMSS", "TCPOPTSTRIP", "CHECKSUM", "REJECT", "LOG", "NFLOG", "NFQUEUE", "CT", "NOTRACK",
            "TPROXY", "TRACE", "AUDIT", "SYNPROXY", "TEE", "IDLETIMER",
        ];
        int[] sizes = [0, 4, 8, 12, 16, 20, 24, 32, 40, 44, 48, 56, 66, 68, 72, 80, 152, 160, 164, 168, 212, 228, 256, 264, 280, 292, 304, 308, 312, 528, 1984];
        NetfilterFamily[] families = [NetfilterFamily.Ipv4, NetfilterFamily.Ipv6, NetfilterFamily.Bridge];
        for (var round = 0; round < 60_000; round++)
        {
            var bytes = new byte[random.Next(3) == 0 ? random.Next(400) : sizes[random.Next(sizes.Length)]];
            // Small numbers get past the checks of flags and counts far more often than even ones do.
            for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(random.Next(4) == 0 ? random.Next(256) : random.Next(3));
            var (name, revision, family) = (names[random.Next(names.Length)], (byte)random.Next(5), families[random.Next(families.Length)]);
            XtRuleText.Expression(family, XtMatchDecoder.Decode(name, revision, family, bytes)).ShouldNotBeNull($"seed {seed} round {round}");
            XtRuleText.Expression(family, XtTargetDecoder.Decode(name, revision, family, bytes)).ShouldNotBeNull($"seed {seed} round {round}");
        }
    }

    private static Expression Match(string name, byte revision, string hex) => XtMatchDecoder.Decode(name, revision, NetfilterFamily.Ipv4, Bytes(hex));

    private static Expression Target(string name, byte revision, string hex) => XtTargetDecoder.Decode(name, revision, NetfilterFamily.Ipv4, Bytes(hex));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));

    private static string Zeros(int count) => new('0', 2 * count);
}
