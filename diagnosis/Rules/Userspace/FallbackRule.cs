// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Userspace;

/// <summary>
/// Signal: the node runs a userspace WireGuard while other devices of its mesh are the kernel's and its own kernel has the module.
/// Threshold: one kernel device among the others; a module that is loaded, built in or a file for this kernel.
/// Traps: products that are userspace by design (Tailscale, NetBird): then the others are too, and nothing is said.
/// </summary>
internal sealed class FallbackRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-USERSPACE-FALLBACK", Layer.Performance, Severity.Info, "One node uses a userspace WireGuard though its kernel could")
    {
        Precedence = Rules.Precedence.Performance + 8,
        Explanation = "A userspace program copies every packet between kernel and program: it is slower, needs a receive buffer and CPU time of its own, and sends outer packets with DF set, so MTU faults look different there.",
        FalsifiedBy = "The node's device is of kind wireguard, or the program was chosen on purpose.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from device in mesh.Devices
        where device.IsUserspace
        let module = Safe.List(device.Node.Facts.Host?.Modules).FirstOrDefault(module => module.Name == "wireguard")
        where module is { State: ModuleState.Loaded or ModuleState.BuiltIn or ModuleState.Loadable }
        let other = mesh.Siblings(device).FirstOrDefault(other => !other.IsUserspace)
        where other is not null
        select Build(device, module, other);

    private RuleFinding Build(DeviceView device, ModuleFact module, DeviceView other)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Name} on {device.Node.Name} is a userspace program, though the node's kernel has WireGuard and other nodes use it.",
            Confidence = 0.85,
        };
        draft.Evidence(device, "module wireguard", module.State.ToString(), null, "/proc/modules, /lib/modules");
        draft.Evidence(device, $"ip -d link show {device.Name}", $"kind {DisplayText.Name(device.Link?.Kind ?? "tun")}", "wireguard", "rtnetlink");
        return draft.Evidence(other, $"ip -d link show {other.Name}", "kind wireguard", null, "rtnetlink").Build();
    }
}
