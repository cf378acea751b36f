// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: the kernel log has a warning, an oops or a lockup that names WireGuard or one of its functions.
/// Threshold: an error when it was written during the observation; older ones are a note, as the node may be well since.
/// Traps: warnings of other subsystems at the same time.
/// </summary>
internal sealed class KernelBugRule : IRule
{
    private static readonly string[] Symbols = ["wireguard", " wg_", "wg_packet", "wg_noise", "wg_socket", "wg_queue", "wg_allowedips"];

    public RuleDescriptor Descriptor { get; } = new("WG-KERNEL-BUG", Layer.Platform, Severity.Error, "The kernel stumbled in WireGuard")
    {
        Precedence = Rules.Precedence.Device + 5,
        Reach = Reach.Node,
        Explanation = "After an oops or a lockup in its code, WireGuard may stop receiving from one peer or hang as a whole until the device is made anew or the node is rebooted.",
        FalsifiedBy = "The stack of the message shows another subsystem, or the node was rebooted since.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        let device = node.Devices.FirstOrDefault(device => !device.IsUserspace)
        where device is not null
        let lines = Safe.List(node.Facts.Host?.KernelLog?.Value?.Lines).Where(Names).ToList()
        where lines.Count > 0
        select Build(device, lines);

    private static bool Names(KernelLogLine line) =>
        line is { Topic: KernelLogTopic.Bug or KernelLogTopic.Lockup, Text: { } text } && Array.Exists(Symbols, symbol => text.Contains(symbol, StringComparison.Ordinal));

    private RuleFinding Build(DeviceView device, List<KernelLogLine> lines)
    {
        var node = device.Node;
        var fresh = node.Observed > 0 && lines.Exists(line => line.At >= node.Facts.At.AddSeconds(-node.Observed));
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"The kernel log of {node.Name} has {lines.Count} lines about a bug or lockup in WireGuard{(fresh ? ", written just now" : ", the last one before the observation")}.",
            Confidence = fresh ? 0.85 : 0.6,
            Severity = fresh ? Descriptor.Severity : Severity.Info,
        };
        foreach (var line in lines.TakeLast(4)) draft.Evidence(device, $"dmesg, {line.At:O}", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        if (node.Facts.KernelRelease is { } release) draft.Evidence(device, "uname -r", DisplayText.Name(release), null, "uname");
        return draft.Build();
    }
}
