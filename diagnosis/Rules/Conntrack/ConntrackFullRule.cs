// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>
/// Signal: the table has nearly as many entries as it may have, or packets were dropped because no entry could be made. Thresholds: see the constants.
/// Traps: the limit is set in the first namespace and holds for each by itself; a table that is only well used is fine.
/// </summary>
internal sealed class ConntrackFullRule : IRule
{
    /// <summary>From here on a burst fills it: the kernel throws out early and then drops.</summary>
    private const double Full = 0.95;

    /// <summary>From here on somebody should know, before it is full.</summary>
    private const double Filling = 0.8;

    /// <summary>A room to grow that most clusters use; the kernel's own default depends on memory.</summary>
    private const int Enlarge = 2;

    public RuleDescriptor Descriptor { get; } = new("WG-CONNTRACK-FULL", Layer.Conntrack, Severity.Critical, "The connection tracking table is full")
    {
        Precedence = Rules.Precedence.Receiver,
        Explanation = "A packet of a new flow for which no entry can be made is dropped, also WireGuard's own after its entry expired. What is already in the table goes on working, so the node looks half alive.",
        FalsifiedBy = "nf_conntrack_count is well below nf_conntrack_max and the drop counters stand still.",
        Reach = Reach.Node,
        StopsHandshake = true,
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from ns in mesh.Nodes.SelectMany(node => node.Namespaces)
        where ns.Devices.Count > 0 && ns.Facts.Conntrack?.Value is not null
        let finding = Judge(ns.Devices[0], ns.Facts.Conntrack!.Value!)
        where finding is not null
        select finding;

    private RuleFinding? Judge(DeviceView device, ConntrackFact table)
    {
        if (table is not { Entries: { } entries, MaxEntries: > 0 and { } most }) return null;
        var share = (double)entries / most;
        var dropped = table.Statistics?.Drop?.Growth ?? 0;
        // Drops without a full table are a shortage of memory, or an old burst.
        if (share < Filling && !(dropped > 0 && share >= Filling / 2)) return null;
        var full = share >= Full || dropped > 0;
        var commands = new FilterCommands(device);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"The connection tracking table of {device.Node.Name} has {entries} of at most {most} entries{(dropped > 0 ? $", and {dropped} packets were dropped for it" : "")}."),
            Confidence = dropped > 0 ? 0.97 : full ? 0.85 : 0.8,
            Severity = full ? Descriptor.Severity : Severity.Warning,
        }
        .Evidence(device, "sysctl net.netfilter.nf_conntrack_count", entries.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"below {most * Filling:0}"), "/proc/sys/net/netfilter");
        if (table.Statistics is { } counted)
        {
            draft.Evidence(device, "conntrack -S drop, early_drop", $"grew by {counted.Drop?.Growth ?? 0} and {counted.EarlyDrop?.Growth ?? 0} during the observation", "0 and 0", "ctnetlink IPCTNL_MSG_CT_GET_STATS_CPU");
        }

        var wanted = (most * Enlarge).ToString(CultureInfo.InvariantCulture);
        draft.Mend(
            commands.Line($"sysctl -w net.netfilter.nf_conntrack_max={wanted}", $"sysctl -w net.netfilter.nf_conntrack_max={most.ToString(CultureInfo.InvariantCulture)}", "all namespaces of the running system, in the host's namespace; kube-proxy sets it from its own configuration (conntrack.maxPerCore)"));
        if (full)
        {
            foreach (var peer in device.Namespace.Devices.SelectMany(other => other.Peers)) draft.Affects(peer, TunnelState.Degraded);
        }

        return draft.Build();
    }
}
