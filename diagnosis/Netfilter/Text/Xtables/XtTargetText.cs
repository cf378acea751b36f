// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Targets that mark, change headers, log or decide.</summary>
internal static class XtTargetText
{
    private const byte DefaultLevel = 4;

    private static readonly (uint Bit, string Name)[] Events =
    [
        (1, "new"), (2, "related"), (4, "destroy"), (8, "reply"), (16, "assured"), (32, "protoinfo"), (64, "helper"), (128, "mark"), (256, "natseqinfo"),
        (512, "secmark"),
    ];

    public static bool Append(StringBuilder text, Expression expression) => Marks(text, expression) || Headers(text, expression) || Verdicts(text, expression);

    private static bool Marks(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtMarkTarget mark:
                text.Append($" -j MARK --set-xmark 0x{mark.Mark:x}/0x{mark.Mask:x}");
                return true;
            case XtConnmarkTarget mark:
                Connmark(text.Append(" -j CONNMARK"), mark);
                return true;
            case XtClassify classify:
                text.Append($" -j CLASSIFY --set-class {classify.Priority >> 16:x4}:{classify.Priority & 0xffff:x4}");
                return true;
            case XtSecmark mark:
                text.Append(" -j SECMARK --selctx ").Append(mark.Context);
                return true;
            case XtConnsecmark mark:
                text.Append(mark.Mode == 1 ? " -j CONNSECMARK --save" : " -j CONNSECMARK --restore");
                return true;
            case XtSetTarget set:
                Set(text.Append(" -j SET"), set);
                return true;
            default:
                return false;
        }
    }

    private static bool Headers(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtDscpTarget dscp:
                text.Append($" -j DSCP --set-dscp 0x{dscp.Dscp:x2}");
                return true;
            case XtTosTarget tos:
                text.Append($" -j TOS --set-tos 0x{tos.Value:x2}/0x{tos.Mask:x2}");
                return true;
            case XtTtlTarget ttl:
                text.Append(ttl.HopLimit ? " -j HL --hl-" : " -j TTL --ttl-").Append(ttl.Change switch { XtChange.Set => "set", XtChange.Increase => "inc", _ => "dec" }).Number(ttl.Value);
                return true;
            case XtEcnTarget ecn:
                text.Append(" -j ECN").Flag((ecn.Operation & 0x10) != 0 && (ecn.Operation & 0x20) != 0, "--ecn-tcp-remove");
                return true;
            case XtTcpMssTarget mss:
                text.Append(" -j TCPMSS");
                if (mss.Mss is { } fix) text.Append(" --set-mss ").Append(fix);
                else text.Append(" --clamp-mss-to-pmtu");
                return true;
            case XtTcpOptStrip strip:
                text.Append(" -j TCPOPTSTRIP --strip-options ").AppendJoin(',', strip.Options);
                return true;
            case XtChecksum:
                text.Append(" -j CHECKSUM --checksum-fill");
                return true;
            default:
                return false;
        }
    }

    private static bool Verdicts(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtReject reject:
                text.Append(" -j REJECT --reject-with ").Append(XtNames.Reject(reject.Version6, reject.With));
                return true;
            case XtLog log:
                Log(text.Append(" -j LOG"), log);
                return true;
            case XtNflog log:
                Nflog(text.Append(" -j NFLOG"), log);
                return true;
            case XtNfqueue queue:
                text.Append(" -j NFQUEUE");
                if (queue.Total > 1) text.Append($" --queue-balance {queue.Number}:{queue.Number + queue.Total - 1}");
                else text.Append(" --queue-num ").Append(queue.Number);
                text.Flag((queue.Flags & 1) != 0, "--queue-bypass").Flag((queue.Flags & 2) != 0, "--queue-cpu-fanout");
                return true;
            case XtCt ct:
                Ct(text, ct);
                return true;
            case XtTrace:
                text.Append(" -j TRACE");
                return true;
            case XtAudit audit:
                text.Append(" -j AUDIT --type ").Append(audit.Type switch { 0 => "accept", 1 => "drop", _ => "reject" });
                return true;
            case XtSynproxy proxy:
                text.Append(" -j SYNPROXY").Flag((proxy.Options & 4) != 0, "--sack-perm").Flag((proxy.Options & 8) != 0, "--timestamp");
                if ((proxy.Options & 2) != 0) text.Append(" --wscale ").Append(proxy.WindowScale);
                if ((proxy.Options & 1) != 0) text.Append(" --mss ").Append(proxy.Mss);
                return true;
            case XtTee tee:
                text.Append(" -j TEE --gateway ").Append(tee.Gateway);
                if (tee.OutputInterface is { } device) text.Append(" --oif ").Append(device);
                return true;
            case XtIdletimer timer:
                text.Append(" -j IDLETIMER --timeout ").Append(timer.Timeout).Append(" --label ").Append(timer.Label).Flag(timer.Alarm, "--alarm");
                return true;
            default:
                return false;
        }
    }

    private static void Connmark(StringBuilder text, XtConnmarkTarget mark)
    {
        text.Append(mark.Mode switch
        {
            0 => $" --set-xmark 0x{mark.CtMark:x}/0x{mark.CtMask:x}",
            1 => $" --save-mark --nfmask 0x{mark.NfMask:x} --ctmask 0x{mark.CtMask:x}",
            _ => $" --restore-mark --nfmask 0x{mark.NfMask:x} --ctmask 0x{mark.CtMask:x}",
        });
        if (mark.ShiftBits != 0) text.Append(mark.ShiftRight ? " --right-shift-mark" : " --left-shift-mark").Number(mark.ShiftBits);
    }

    private static void Set(StringBuilder text, XtSetTarget set)
    {
        Reference(text, " --add-set", set.Add);
        text.Flag(set.Exist, "--exist");
        if (set.Timeout is { } seconds) text.Append(" --timeout ").Append(seconds);
        Reference(text, " --del-set", set.Delete);
        Reference(text, " --map-set", set.Map);
        text.Flag((set.MapFlags & 0x100) != 0, "--map-mark").Flag((set.MapFlags & 0x200) != 0, "--map-prio").Flag((set.MapFlags & 0x400) != 0, "--map-queue");
    }

    private static void Reference(StringBuilder text, string name, XtSetReference? set)
    {
        if (set is not null) text.Append(name).Word(set.Name ?? $"#{set.Index}").Sources(set.Sources);
    }

    private static void Log(StringBuilder text, XtLog log)
    {
        if (log.Prefix.Length > 0) text.Append(" --log-prefix").Quoted(log.Prefix);
        if (log.Level != DefaultLevel) text.Append(" --log-level ").Append(log.Level);
        text.Flag((log.Flags & 1) != 0, "--log-tcp-sequence").Flag((log.Flags & 2) != 0, "--log-tcp-options").Flag((log.Flags & 4) != 0, "--log-ip-options");
        text.Flag((log.Flags & 8) != 0, "--log-uid").Flag((log.Flags & 0x20) != 0, "--log-macdecode");
    }

    private static void Nflog(StringBuilder text, XtNflog log)
    {
        if (log.Prefix.Length > 0) text.Append(" --nflog-prefix").Quoted(log.Prefix);
        if (log.Group != 0) text.Append(" --nflog-group ").Append(log.Group);
        if ((log.Flags & 1) != 0) text.Append(" --nflog-size ").Append(log.Length);
        else if (log.Length != 0) text.Append(" --nflog-range ").Append(log.Length);
        if (log.Threshold != 0) text.Append(" --nflog-threshold ").Append(log.Threshold);
    }

    private static void Ct(StringBuilder text, XtCt ct)
    {
        if (ct.Notrack || (ct.Flags & 2) != 0)
        {
            text.Append(" -j NOTRACK");
            return;
        }

        text.Append(" -j CT").Flag((ct.Flags & 1) != 0, "--notrack");
        if (ct.Helper is { } helper) text.Append(" --helper ").Append(helper);
        if (ct.Timeout is { } timeout) text.Append(" --timeout ").Append(timeout);
        if (ct.Events != 0) text.Append(" --ctevents").Bits(ct.Events, Events);
        if (ct.ExpectEvents != 0) text.Append(" --expevents").Bits(ct.ExpectEvents, Events);
        var zone = (ct.Flags & 12) switch { 4 => "--zone-orig", 8 => "--zone-reply", _ => "--zone" };
        if ((ct.Flags & 16) != 0) text.Option(zone).Append(" mark");
        else if (ct.Zone != 0) text.Option(zone).Number(ct.Zone);
    }
}
