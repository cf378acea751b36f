// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Hosts;

/// <summary>
/// Signal: during the observation the kernel log told of trouble with a link that carries the outer packets: a hanging transmit queue, a reset, a lost carrier.
/// Threshold: the line names the link and was written during the observation or in the five seconds before it.
/// Traps: older lines, links that come up, lines of other links.
/// </summary>
internal sealed class DriverLogRule : IRule
{
    /// <summary>Lines of the kernel log are dated by uptime, which may be off by some seconds.</summary>
    private const double Slack = 5;

    private static readonly string[] Troubles =
        ["NETDEV WATCHDOG", "Unit Hang", "Reset adapter", "transmit queue", "Tx timeout", "timed out", "Link is Down", "Link is down", "Link Down", "firmware", "hung"];

    public RuleDescriptor Descriptor { get; } = new("WG-HARDWARE-DRIVER-LOG", Layer.Platform, Severity.Error, "The network card or its driver is in trouble")
    {
        Precedence = Rules.Precedence.Underlay + 9,
        Reach = Reach.Node,
        Explanation = "While the card hangs, resets or has no carrier, everything that uses it stops, tunnels and other traffic alike. WireGuard only notices that nobody answers.",
        FalsifiedBy = "The line is about another card, or traffic outside of the tunnels flowed at that time.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var node in mesh.Nodes.Where(node => node.Observed > 0 && node.Facts.Host?.KernelLog?.Value is not null))
        {
            var since = node.Facts.At.AddSeconds(-node.Observed - Slack);
            var lines = Safe.List(node.Facts.Host!.KernelLog!.Value!.Lines).Where(line => line is { Topic: KernelLogTopic.Device, Text: not null } && line.At >= since && IsTrouble(line.Text)).ToList();
            if (lines.Count == 0 || node.Devices.FirstOrDefault(device => device.Namespace.IsHost) is not { } device) continue;
            foreach (var link in Carriers(device.Namespace))
            {
                var about = lines.FindAll(line => Names(line.Text, link.Name));
                if (about.Count > 0) yield return Build(device, link, about);
            }
        }
    }

    private static bool IsTrouble(string text) => Array.Exists(Troubles, trouble => text.Contains(trouble, StringComparison.Ordinal));

    // The links of the outer packets, and those that a bond or a bridge of them consists of.
    private static IEnumerable<LinkFact> Carriers(NamespaceView ns) =>
        ns.Links.Where(link => !ns.IsWireGuard(link.Index) && (ns.UnderlayLinks.Contains(link.Index) || (link.Master is { } master && link.Kind is null && ns.UnderlayLinks.Contains(master))));

    // eth1 is not eth10.
    private static bool Names(string text, string link)
    {
        for (var at = text.IndexOf(link, StringComparison.Ordinal); at >= 0; at = text.IndexOf(link, at + 1, StringComparison.Ordinal))
        {
            var end = at + link.Length;
            if ((at == 0 || !char.IsAsciiLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end]))) return true;
        }

        return false;
    }

    private RuleFinding Build(DeviceView device, LinkFact link, List<KernelLogLine> lines)
    {
        var name = DisplayText.Name(link.Name);
        var errors = (link.Counters?.RxErrors.Growth ?? 0) + (link.Counters?.TxErrors.Growth ?? 0);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The kernel of {device.Node.Name} told of trouble with {name}, which carries the tunnels, during the observation.",
            Confidence = errors > 0 ? 0.9 : 0.8,
            Place = device.Namespace,
            PlaceDevice = name,
        };
        foreach (var line in lines.TakeLast(4)) draft.Evidence(device, $"dmesg, {line.At:O}", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        if (errors > 0) draft.Evidence(device, $"ip -s link show {name}", $"errors grew by {errors}", "no errors", "rtnetlink");
        return draft.Build();
    }
}
