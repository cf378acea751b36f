// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: readers whose facts verdicts are drawn from were refused for missing rights.
/// Threshold: one of WireGuard, packet filters, sockets of userspace programs, network namespaces; the kernel log alone is no reason to speak.
/// Traps: root in a user namespace has some rights and not others; "not there" is no refusal. It is never a fault of a tunnel.
/// </summary>
internal sealed class ProbeCapabilityRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-PROBE-CAPABILITY", Layer.Platform, Severity.Info, "The probe may not read everything")
    {
        Precedence = Rules.Precedence.Symptoms + 30,
        Explanation = "The probe needs CAP_NET_ADMIN for WireGuard and packet filters, CAP_SYS_ADMIN and CAP_SYS_PTRACE for other network namespaces. What it was refused is unknown, not zero: verdicts that need it are left out.",
        FalsifiedBy = "The probe's CapEff in /proc/PID/status has the capabilities, and the readers still fail.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        where node.Namespaces.Count > 0
        let refused = Refused(node).Distinct(StringComparer.Ordinal).ToList()
        where refused.Count > 0
        // A finding hangs on a device; where the node's own could not be read, on another's.
        let device = node.Devices.FirstOrDefault() ?? (mesh.Devices is [var any, ..] ? any : null)
        where device is not null
        select Build(node, device, refused);

    private static IEnumerable<string> Refused(NodeView node)
    {
        foreach (var facts in node.Namespaces.Select(ns => ns.Facts))
        {
            if (IsRefused(facts.KernelWireGuard)) yield return "WireGuard devices (genetlink, CAP_NET_ADMIN)";
            if (IsRefused(facts.UserspaceWireGuard) || Safe.List(facts.UapiSocketProblems).Any(socket => socket.Problem == UapiSocketProblem.NotPermitted))
                yield return "control sockets of userspace programs";
            if (IsRefused(facts.Netfilter)) yield return "packet filters (nfnetlink, CAP_NET_ADMIN)";
            if (IsRefused(facts.Links)) yield return "network namespaces (setns, CAP_SYS_ADMIN)";
        }

        if (node.Facts.OtherNamespaces?.Value?.Incomplete?.Reason == NotAvailableReason.NotPermitted || IsRefused(node.Facts.OtherNamespaces)) yield return "other network namespaces (CAP_SYS_PTRACE, CAP_SYS_ADMIN)";
    }

    private static bool IsRefused<T>(Fact<T>? fact)
        where T : class => fact?.NotAvailable?.Reason == NotAvailableReason.NotPermitted;

    private RuleFinding Build(NodeView node, DeviceView device, List<string> refused)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The probe on {node.Name} was refused: {DisplayText.Join(refused, 4)}. What depends on it is not judged.",
            Confidence = 0.95,
            Place = node.Namespaces[0],
        };
        foreach (var what in refused) draft.Evidence(node.Namespaces[0], what, "not permitted", null, "probe");
        return draft.Build();
    }
}
