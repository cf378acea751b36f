// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Underlay;

/// <summary>
/// Signal: the neighbour table holds at least nine tenths of what gc_thresh3 allows, and the kernel log has lines about neighbour tables.
/// Threshold: without such a line a warning from the number alone. Entries that never expire do not count.
/// Traps: the table is the machine's, but only the first namespace has the limit and this counts one namespace, so it sees too few rather than too many;
/// permanent entries of a CNI are exempt from the limit (Linux 4.20).
/// </summary>
internal sealed class NeighbourTableRule : IRule
{
    /// <summary>Between 90 % and the limit every new neighbour makes the kernel look for one to throw out.</summary>
    private const double Full = 0.9;

    public RuleDescriptor Descriptor { get; } = new("WG-NEIGH-TABLE-OVERFLOW", Layer.Platform, Severity.Error, "The neighbour table is full")
    {
        Precedence = Rules.Precedence.Underlay + 4,
        Reach = Reach.Node,
        Explanation = "When the table is full, the kernel cannot note the hardware address of another neighbour: packets to it fail with ENOBUFS, for hosts that were not used lately "
            + "first, and pairs of nodes fail and recover at random.",
        FalsifiedBy = "`ip neigh | wc -l` is far below net.ipv4.neigh.default.gc_thresh3, and table_fulls in /proc/net/stat/arp_cache does not grow.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        where node.Namespaces is [{ Devices.Count: > 0 }, ..]
        let ns = node.Namespaces[0]
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        let limit = ns.Sysctl($"net.ipv{(int)family}.neigh.default.gc_thresh3")
        where limit > 0
        let count = Count(ns, family)
        where count >= limit * Full
        select Build(ns, family, count, limit.Value, node.Facts.Host?.KernelLog?.Value?.Lines.Where(line => line.Topic == KernelLogTopic.Neighbour).ToList() ?? []);

    // A list that was cut says how many there were; the families share what is missing in the proportion of what was kept.
    private static long Count(NamespaceView ns, IpFamily family)
    {
        var all = Safe.List(ns.Facts.Neighbours);
        var own = all.Count(entry => entry.Address.Family == family && entry.State is not ("PERMANENT" or "NOARP" or "NONE"));
        return ns.Facts.Neighbours?.Seen is { } seen && seen > all.Count && all.Count > 0 ? seen * own / all.Count : own;
    }

    private RuleFinding Build(NamespaceView ns, IpFamily family, long count, long limit, List<KernelLogLine> lines)
    {
        var name = $"net.ipv{(int)family}.neigh.default.gc_thresh3";
        var draft = new FindingDraft(Descriptor, ns.Devices[0])
        {
            Message = $"{ns.Node.Name} has {count} IPv{(int)family} neighbours, and its table ends at {limit}; nodes and pods that were not used lately cannot be reached.",
            Confidence = lines.Count > 0 ? 0.93 : 0.7,
            Severity = lines.Count > 0 ? Descriptor.Severity : Severity.Warning,
            Family = family,
            Place = ns,
        };
        draft.Evidence(ns, "ip neigh | wc -l", $"{count}", $"far below {limit}");
        draft.Evidence(ns, $"sysctl {name}", $"{limit}", null, "/proc/sys/net");
        foreach (var line in lines.TakeLast(2)) draft.Evidence(ns, "dmesg", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        draft.Mend(new NamespaceCommands(ns).Sysctl(name, limit * 4, limit));
        return draft.Build();
    }
}
