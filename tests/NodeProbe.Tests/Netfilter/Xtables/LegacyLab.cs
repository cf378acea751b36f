// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter.IpSets;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Reads the packet filters of a namespace of the lab with the readers, and makes rules in it.</summary>
internal static class LegacyLab
{
    public static void SkipIfImpossible()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/iptables-legacy"), "needs iptables-legacy");
        Skip.IfNot(File.Exists("/proc/net/ip_tables_names"), "this kernel has no ip_tables");
    }

    public static Reading<IReadOnlyList<IpSet>> ReadSets(LabNamespace lab) => lab.Run(() =>
    {
        NetlinkConnection.TryOpen(new NetlinkSocketFactory(), IpSetMessages.Protocol, secret: false, out var connection).IsOk.ShouldBeTrue();
        using (connection) return IpSetReader.Read(connection!, Deadline());
    });

    public static Reading<IReadOnlyList<NetfilterTable>> ReadTables(LabNamespace lab)
    {
        var sets = ReadSets(lab).Value;
        return lab.Run(() => LegacyReader.Read(new XtDecoder(sets), Deadline()));
    }

    /// <summary>What <c>iptables-legacy-save -c</c> should print, of our reading.</summary>
    public static string[] Lines(IEnumerable<NetfilterTable> tables, NetfilterFamily family, bool counters = true) =>
        [.. tables.Where(table => table.Family == family).SelectMany(table => XtRuleText.Table(table, counters))];

    /// <summary>What the tool prints, without its remarks.</summary>
    public static string[] Saved(LabNamespace lab, string command) =>
        [.. lab.Shell(command + " 2>/dev/null").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];

    private static Deadline Deadline() => TestDeadline.Far;
}
