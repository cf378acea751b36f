// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Decodes the structures of targets, by the same rules as <see cref="XtMatchDecoder"/>.</summary>
internal static class XtTargetDecoder
{
    public static Expression Decode(string name, byte revision, NetfilterFamily family, ReadOnlySpan<byte> info) =>
        Find(name, revision, new XtInfo(family, info)) ?? new XtUnknownTarget(name, revision, new HexBytes(info.ToArray()));

    private static Expression? Find(string name, byte revision, in XtInfo info) => name switch
    {
        "DNAT" or "SNAT" or "MASQUERADE" or "REDIRECT" or "NETMAP" or "DNPT" or "SNPT" => XtNatDecoder.Decode(name, revision, info),
        "MARK" or "CONNMARK" or "CLASSIFY" or "SECMARK" or "CONNSECMARK" or "SET" => Mark(name, revision, info),
        "DSCP" or "TOS" or "TTL" or "HL" or "ECN" or "TCPMSS" or "TCPOPTSTRIP" or "CHECKSUM" => Header(name, revision, info),
        _ => Verdict(name, revision, info),
    };

    private static Expression? Mark(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("MARK", 2) => info.Is(8) ? new XtMarkTarget(info.U32(0), info.U32(4)) : null,
        ("CONNMARK", 1) => info.Is(16) && info[12] <= 2 ? new XtConnmarkTarget(info[12], info.U32(0), info.U32(4), info.U32(8)) : null,
        ("CONNMARK", 2) => info.Is(16) && info[12] <= 1 && info[14] <= 2
            ? new XtConnmarkTarget(info[14], info.U32(0), info.U32(4), info.U32(8), info[12] == 1, info[13])
            : null,
        ("CLASSIFY", 0) => info.Is(4) ? new XtClassify(info.U32(0)) : null,
        ("SECMARK", 0) => info.Is(264) ? new XtSecmark(info[0], info.Text(8, 256)) : null,
        ("SECMARK", 1) => info.Is(264) ? new XtSecmark(info[0], info.Text(1, 256)) : null,
        ("CONNSECMARK", 0) => info.Is(1) && info[0] is 1 or 2 ? new XtConnsecmark(info[0]) : null,
        ("SET", _) => XtSetDecoder.Target(revision, info),
        _ => null,
    };

    private static Expression? Header(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("DSCP", 0) => info.Is(1) ? new XtDscpTarget(info[0]) : null,
        ("TOS", 1) => info.Is(2) ? new XtTosTarget(info[0], info[1]) : null,
        ("TTL", 0) => info.Is(2) && info[0] <= 2 ? new XtTtlTarget((XtChange)info[0], info[1]) : null,
        ("HL", 0) => info.Is(2) && info[0] <= 2 ? new XtTtlTarget((XtChange)info[0], info[1], HopLimit: true) : null,
        ("ECN", 0) => info.Is(3) ? new XtEcnTarget(info[0], info[1], info[2]) : null,
        ("TCPMSS", 0) => info.Is(2) ? new XtTcpMssTarget(info.U16(0) == ushort.MaxValue ? null : info.U16(0)) : null,
        ("TCPOPTSTRIP", 0) => info.Is(32) ? new XtTcpOptStrip(Bits(info)) : null,
        ("CHECKSUM", 0) => info.Is(1) ? new XtChecksum(info[0]) : null,
        _ => null,
    };

    private static Expression? Verdict(string name, byte revision, in XtInfo info) => (name, revision) switch
    {
        ("REJECT", 0) => (info.IsVersion4 || info.IsVersion6) && info.Is(4) ? new XtReject(info.IsVersion6, info.U32(0)) : null,
        ("LOG", 0) => info.Is(32) ? new XtLog(info[0], info[1], info.Text(2, 30)) : null,
        ("NFLOG", 0) => info.Is(76) ? new XtNflog(info.U16(4), info.Text(12, 64), info.U32(0), info.U16(6), info.U16(8)) : null,
        ("NFQUEUE", 0) => info.Is(2) ? new XtNfqueue(0, info.U16(0)) : null,
        ("NFQUEUE", 1) => info.Is(4) ? new XtNfqueue(1, info.U16(0), info.U16(2)) : null,
        ("NFQUEUE", 2 or 3) => info.Is(6) && info.U16(4) <= (revision == 2 ? 1 : 3) ? new XtNfqueue(revision, info.U16(0), info.U16(2), info.U16(4)) : null,
        ("CT", <= 2) => Ct(revision, info),
        ("NOTRACK", 0) => info.Is(0) ? new XtCt { Flags = 1, Notrack = true } : null,
        ("TPROXY", 0) => info.Is(16) ? new XtTproxy(info.U32(4), info.U32(0), info.Address4(8), info.NetworkU16(12)) : null,
        ("TPROXY", 1) => info.IsOfFamily(28) ? new XtTproxy(info.U32(4), info.U32(0), info.Address(8), info.NetworkU16(24)) : null,
        ("TRACE", 0) => info.Is(0) ? new XtTrace() : null,
        ("AUDIT", 0) => info.Is(1) && info[0] <= 2 ? new XtAudit(info[0]) : null,
        ("SYNPROXY", 0) => info.Is(4) && info[0] <= 0x1f ? new XtSynproxy(info[0], info[1], info.U16(2)) : null,
        ("TEE", 1) => info.IsOfFamily(40) ? new XtTee(info.Address(0), info.Text(16, 16) is { Length: > 0 } device ? device : null) : null,
        ("IDLETIMER", 0) => info.Is(40) ? new XtIdletimer(info.U32(0), info.Text(4, 28)) : null,
        ("IDLETIMER", 1) => info.Is(48) ? new XtIdletimer(info.U32(0), info.Text(4, 28), info[33] == 1) : null,
        _ => null,
    };

    private static XtCt? Ct(byte revision, in XtInfo info)
    {
        if (!info.Is(revision == 0 ? 40 : 72) || info.U16(0) > 0x1f) return null;
        return new XtCt
        {
            Flags = info.U16(0),
            Zone = info.U16(2),
            Events = info.U32(4),
            ExpectEvents = info.U32(8),
            Helper = info.Text(12, 16) is { Length: > 0 } helper ? helper : null,
            Timeout = revision > 0 && info.Text(28, 32) is { Length: > 0 } timeout ? timeout : null,
        };
    }

    private static List<byte> Bits(in XtInfo info)
    {
        var set = new List<byte>();
        for (var i = 0; i < 256; i++)
        {
            if ((info.U32(i / 32 * 4) & (1u << (i % 32))) != 0) set.Add((byte)i);
        }

        return set;
    }
}
