// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: a node that others have as a peer has no WireGuard device, its module is a file that is not loaded, and the kernel log says that a module was refused for its signature.
/// Threshold: one such line, and a kernel that asks for signatures or is locked down.
/// Traps: "Required key not available" from a program that sends packets is ENOKEY too (AllowedIPs): only lines of the kernel's module loader count; a line about a module that was loaded and taints the kernel is no refusal.
/// </summary>
internal sealed class ModuleSignatureRule : IRule
{
    private static readonly string[] Refusals = ["is rejected", "was rejected", "module loading is restricted", "unsigned module"];

    public RuleDescriptor Descriptor { get; } = new("WG-MODULE-SIGNATURE", Layer.Platform, Severity.Critical, "The kernel refuses the WireGuard module's signature")
    {
        Precedence = Rules.Precedence.Device,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "With Secure Boot or lockdown the kernel loads signed modules only. A module that was built on the node (DKMS) with a key that the firmware does not know stays a file.",
        FalsifiedBy = "`modprobe wireguard` works on the node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from lost in LostKernelDevices.Find(mesh)
        where lost.Module.State is ModuleState.Loadable or ModuleState.NotLoaded
        let kernel = lost.Host.Node.Facts.Host?.Kernel?.Value
        where kernel is { SignedModulesOnly: true } or { SecureBoot: true } or { Lockdown: "integrity" or "confidentiality" }
        let lines = Safe.List(lost.Host.Node.Facts.Host?.KernelLog?.Value?.Lines).Where(IsRefusal).ToList()
        where lines.Count > 0
        select Build(lost, kernel, lines);

    private static bool IsRefusal(KernelLogLine line) =>
        line is { Topic: KernelLogTopic.Module, Text: { } text } && Array.Exists(Refusals, words => text.Contains(words, StringComparison.OrdinalIgnoreCase));

    private RuleFinding Build(LostKernelDevice lost, KernelFact kernel, List<KernelLogLine> lines)
    {
        var draft = LostDeviceFindings.Draft(
            Descriptor, lost.Device, $"{lost.Host.Node.Name} refuses a module for its signature, and its WireGuard module is not loaded: the node has no tunnel.",
            lines.Exists(line => line.Text.Contains("wireguard", StringComparison.OrdinalIgnoreCase)) ? 0.93 : 0.8);
        foreach (var line in lines.TakeLast(2)) draft.Evidence(lost.Host, "dmesg", DisplayText.Detail(line.Text), null, "/dev/kmsg");
        draft.Evidence(
            lost.Host, "signatures",
            $"{(kernel.SecureBoot == true ? "Secure Boot, " : "")}lockdown {DisplayText.Name(kernel.Lockdown ?? "unknown")}, signed modules only: {(kernel.SignedModulesOnly == true ? "yes" : "unknown")}", null, "/sys");
        return draft.Build();
    }
}
