// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Rules in the words of <c>ip -j -d rule</c>.</summary>
internal static class RuleFields
{
    private static readonly Dictionary<byte, string> Actions = new() { [6] = "blackhole", [7] = "unreachable", [8] = "prohibit" };

    private static readonly Dictionary<byte, string> IpProtocols = new() { [6] = "tcp", [17] = "udp" };

    /// <summary>/etc/iproute2/rt_dsfield.</summary>
    private static readonly Dictionary<byte, string> DsFields = new() { [0x20] = "CS1" };

    public static IpJson Tool { get; } = new(
        new HashSet<string>
        {
            "priority", "src", "srclen", "dst", "dstlen", "table", "protocol", "fwmark", "fwmask", "suppress_prefixlen", "suppress_ifgroup", "not", "iif", "oif",
            "iif_detached", "oif_detached", "action", "goto", "unresolved", "nop", "uid_start", "uid_end", "ipproto", "sport", "sport_start", "sport_end", "dport",
            "dport_start", "dport_end", "tos", "tun_id", "l3mdev", "flow_from", "flow_to",
        },
        new Dictionary<string, string>());

    public static Fields Of(RuleFact rule)
    {
        var isLookup = rule.Action == 1 && rule.L3MasterDevice is not true;
        return Ranges(new Fields(), rule)
            .Put("priority", rule.Priority)
            .Put("src", rule.From is { } from && !from.IsDefault ? from.Network : "all")
            .Put("srclen", rule.From is { IsDefault: false, IsHost: false } source ? source.Length : null)
            .Put("dst", rule.To?.Network)
            .Put("dstlen", rule.To is { IsHost: false } to ? to.Length : null)
            .Put("table", isLookup ? IpNames.Table(rule.Table) : null)
            .Put("protocol", IpNames.Protocol(rule.Protocol ?? 0))
            .Hex("fwmark", rule.Mark)
            .Hex("fwmask", rule.MarkMask == uint.MaxValue ? null : rule.MarkMask)
            .Put("suppress_prefixlen", rule.SuppressPrefixLength)
            .Put("suppress_ifgroup", rule.SuppressInterfaceGroup is { } group ? IpNames.Group(group) : null)
            .Flag("not", rule.Invert)
            .Put("iif", rule.InputInterface)
            .Put("oif", rule.OutputInterface)
            .Flag("iif_detached", rule.IsInputDetached)
            .Flag("oif_detached", rule.IsOutputDetached)
            .Put("action", Actions.GetValueOrDefault(rule.Action))
            .Put("goto", rule.GotoPriority)
            .Flag("unresolved", (rule.Flags & 4) is > 0)
            .Flag("nop", rule.Action == 3)
            .Put("ipproto", rule.IpProtocol is { } protocol ? IpProtocols[protocol] : null)
            .Put("tos", rule.Tos is { } tos ? DsFields.GetValueOrDefault(tos, "0x" + tos.ToString("x2", CultureInfo.InvariantCulture)) : null)
            .Put("tun_id", rule.TunnelId)
            .Flag("l3mdev", rule.L3MasterDevice is true)
            .Put("flow_from", rule.Realms is > 0 ? rule.Realms >> 16 : null)
            .Put("flow_to", rule.Realms is > 0 ? rule.Realms & 0xffff : null);
    }

    private static Fields Ranges(Fields fields, RuleFact rule)
    {
        fields.Put("uid_start", rule.UserIds?.First).Put("uid_end", rule.UserIds?.Last);
        Range("sport", rule.SourcePorts);
        Range("dport", rule.DestinationPorts);
        return fields;

        void Range(string name, ValueRange? range)
        {
            if (range is not { } ports) return;
            if (ports.First == ports.Last) fields.Put(name, ports.First);
            else fields.Put(name + "_start", ports.First).Put(name + "_end", ports.Last);
        }
    }
}
