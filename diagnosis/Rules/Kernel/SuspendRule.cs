// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: the kernel log tells of a suspend or resume during the observation.
/// Threshold: one line inside the window; what was before has no effect any more.
/// Traps: live migration and paused machines do not clear keys and leave no such line.
/// </summary>
internal sealed class SuspendRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-SUSPEND-RESUME", Layer.Platform, Severity.Info, "The node slept")
    {
        Precedence = Rules.Precedence.Symptoms + 11,
        Explanation = "When a machine is suspended, the kernel forgets all WireGuard keys. After waking up each peer needs one new handshake; the others see a short gap, and nothing stays broken.",
        FalsifiedBy = "The kernel log has no suspend entry in the window.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        let device = node.Devices.FirstOrDefault(device => !device.IsUserspace)
        where device is not null && node.Observed > 0
        let lines = Safe.List(node.Facts.Host?.KernelLog?.Value?.Lines)
            .Where(line => line.Topic == KernelLogTopic.Suspend && line.At >= node.Facts.At.AddSeconds(-node.Observed) && line.At <= node.Facts.At).ToList()
        where lines.Count > 0
        select Build(device, lines);

    private RuleFinding Build(DeviceView device, List<KernelLogLine> lines)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} was suspended during the observation; its tunnels need one new handshake each.",
            Confidence = 0.9,
        };
        foreach (var line in lines.TakeLast(2)) draft.Evidence(device, $"dmesg, {line.At:O}", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        return draft.Build();
    }
}
