// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>
/// Decodes the structures of matches (linux/netfilter/xt_*.h, netfilter_ipv4/ipt_*.h, netfilter_ipv6/ip6t_*.h). A size, revision, flag or number
/// that is not known makes the whole match unknown: half of a match would be another match.
/// </summary>
internal static class XtMatchDecoder
{
    public static Expression Decode(string name, byte revision, NetfilterFamily family, ReadOnlySpan<byte> info) =>
        Find(name, revision, new XtInfo(family, info)) ?? new XtUnknownMatch(name, revision, new HexBytes(info.ToArray()));

    private static Expression? Find(string name, byte revision, in XtInfo info) => name switch
    {
        "tcp" or "udp" or "udplite" or "sctp" or "dccp" or "icmp" or "icmp6" or "multiport" or "tcpmss" => Transport(name, revision, info),
        "conntrack" or "state" or "connmark" or "connbytes" or "connlimit" or "connlabel" or "helper" or "ipvs" => Connection(name, revision, info),
        "set" => XtSetDecoder.Match(revision, info),
        "addrtype" or "iprange" or "rpfilter" or "physdev" or "devgroup" => Addresses(name, revision, info),
        "statistic" or "limit" or "hashlimit" or "recent" or "quota" or "cluster" or "nfacct" or "time" => Stateful(name, revision, info),
        "frag" or "rt" or "hbh" or "dst" or "ipv6header" or "eui64" or "mh" => info.IsVersion6 && revision == 0 ? Version6(name, info) : null,
        "ah" or "esp" or "ipcomp" or "policy" => revision == 0 ? Ipsec(name, info) : null,
        "socket" or "owner" or "cgroup" => Socket(name, revision, info),
        _ => Packet(name, revision, info),
    };

    private static Expression? Transport(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("tcp", 0) => XtTransportDecoder.Tcp(info),
        ("udp", 0) => XtTransportDecoder.Udp(info, lite: false),
        ("udplite", 0) => XtTransportDecoder.Udp(info, lite: true),
        ("sctp", 0) => XtTransportDecoder.Sctp(info),
        ("dccp", 0) => XtTransportDecoder.Dccp(info),
        ("icmp", 0) => XtTransportDecoder.Icmp(info, version6: false),
        ("icmp6", 0) => XtTransportDecoder.Icmp(info, version6: true),
        ("multiport", 0 or 1) => XtTransportDecoder.Multiport(info, revision),
        ("tcpmss", 0) => XtTransportDecoder.TcpMss(info),
        _ => null,
    };

    private static Expression? Connection(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("conntrack", >= 1 and <= 3) => XtConntrackDecoder.Conntrack(info, revision),
        ("state", 0) => XtConntrackDecoder.State(info),
        ("connmark", 1) => XtConnectionDecoder.Connmark(info),
        ("connbytes", 0) => XtConnectionDecoder.Connbytes(info),
        ("connlimit", 1) => XtConnectionDecoder.Connlimit(info),
        ("connlabel", 0) => XtConnectionDecoder.Connlabel(info),
        ("helper", 0) => XtConnectionDecoder.Helper(info),
        ("ipvs", 0) => XtConnectionDecoder.Ipvs(info),
        _ => null,
    };

    private static Expression? Addresses(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("addrtype", 0 or 1) => XtAddressDecoder.Addrtype(info, revision),
        ("iprange", 1) => XtAddressDecoder.IpRange(info),
        ("rpfilter", 0) => XtAddressDecoder.Rpfilter(info),
        ("physdev", 0) => XtAddressDecoder.Physdev(info),
        ("devgroup", 0) => XtAddressDecoder.Devgroup(info),
        _ => null,
    };

    private static Expression? Stateful(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("statistic", 0) => XtStatefulDecoder.Statistic(info),
        ("limit", 0) => info.Is(40) ? new XtLimit(info.U32(0), info.U32(4)) : null,
        ("hashlimit", >= 1 and <= 3) => XtHashlimitDecoder.Hashlimit(info, revision),
        ("recent", 0 or 1) => XtStatefulDecoder.Recent(info, revision),
        ("quota", 0) => XtStatefulDecoder.Quota(info),
        ("cluster", 0) => XtStatefulDecoder.Cluster(info),
        ("nfacct", 0 or 1) => info.Is(40) ? new XtNfacct(info.Text(0, 32)) : null,
        ("time", 0) => XtStatefulDecoder.Time(info),
        _ => null,
    };

    private static Expression? Version6(string name, in XtInfo info) => name switch
    {
        "frag" => XtIpv6Decoder.Frag(info),
        "rt" => XtIpv6Decoder.Rt(info),
        "hbh" => XtIpv6Decoder.Options(info, destination: false),
        "dst" => XtIpv6Decoder.Options(info, destination: true),
        "ipv6header" => XtIpv6Decoder.Headers(info),
        "mh" => XtIpv6Decoder.Mobility(info),
        // User space gives a structure of one integer that the kernel never looks at.
        "eui64" => info.Is(4) ? new XtEui64() : null,
        _ => null,
    };

    private static Expression? Ipsec(string name, in XtInfo info) => name switch
    {
        "ah" => info.IsVersion6 ? XtIpsecDecoder.Ah6(info) : XtIpsecDecoder.Ah4(info),
        "esp" => XtIpsecDecoder.Esp(info),
        "ipcomp" => XtIpsecDecoder.Ipcomp(info),
        "policy" => XtIpsecDecoder.Policy(info),
        _ => null,
    };

    private static Expression? Socket(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("socket", <= 3) => XtSocketDecoder.Socket(info, revision),
        ("owner", 1) => XtSocketDecoder.Owner(info),
        ("cgroup", <= 2) => XtSocketDecoder.Cgroup(info, revision),
        _ => null,
    };

    private static Expression? Packet(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("comment", 0) => info.Is(256) ? new XtComment(info.Text(0, 256)) : null,
        ("mark", 1) => info.Is(12) && info[8] <= 1 ? new XtMark(info.U32(0), info.U32(4), info[8] == 1) : null,
        ("length", 0) => info.Is(6) && info[4] <= 1 ? new XtLength(info.U16(0), info.U16(2), info[4] == 1) : null,
        ("pkttype", 0) => info.Is(8) && info.U32(4) <= 1 ? new XtPktType((int)info.U32(0), info.U32(4) == 1) : null,
        ("dscp", 0) => info.Is(2) && info[1] <= 1 ? new XtDscp(info[0], info[1] == 1) : null,
        ("tos", 1) => info.Is(3) && info[2] <= 1 ? new XtTos(info[1], info[0], info[2] == 1) : null,
        ("ecn", 0) => info.Is(4) ? new XtEcn(info[0], info[1], info[2]) : null,
        ("ttl", 0) => info.Is(2) && info[0] <= 3 ? new XtTtl((XtComparison)info[0], info[1]) : null,
        ("hl", 0) => info.Is(2) && info[0] <= 3 ? new XtTtl((XtComparison)info[0], info[1], HopLimit: true) : null,
        ("mac", 0) => info.Is(12) && info.U32(8) <= 1 ? new XtMac(new HexBytes(info.Slice(0, 6).ToArray()), info.U32(8) == 1) : null,
        ("realm", 0) => info.Is(12) && info[8] <= 1 ? new XtRealm(info.U32(0), info.U32(4), info[8] == 1) : null,
        ("cpu", 0) => info.Is(8) && info.U32(4) <= 1 ? new XtCpu(info.U32(0), info.U32(4) == 1) : null,
        ("string", 0 or 1) => XtPacketDecoder.String(info, revision),
        ("u32", 0) => XtPacketDecoder.U32(info),
        ("bpf", 0 or 1) => XtPacketDecoder.Bpf(info, revision),
        _ => null,
    };
}
