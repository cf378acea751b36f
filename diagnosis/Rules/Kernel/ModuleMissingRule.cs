// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>
/// Signal: a node that others have as a peer has no WireGuard device, and its kernel neither has WireGuard nor a module file for it.
/// Threshold: the reader of modules said "missing", or "not loaded" while /lib/modules has folders for other kernels only.
/// Traps: meshes of userspace devices need no module; a built-in module is no file; containers cannot see /lib/modules, then nothing is said.
/// </summary>
internal sealed class ModuleMissingRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-MODULE-MISSING", Layer.Platform, Severity.Critical, "The kernel has no WireGuard")
    {
        Precedence = Rules.Precedence.Device,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        Explanation = "Without the module no WireGuard device can be made (\"Unknown device type\"), so whoever should set up the tunnel fails. After a kernel update without a reboot the files of the running kernel are gone.",
        FalsifiedBy = "`ip link add test0 type wireguard` works on the node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from lost in LostKernelDevices.Find(mesh)
        let kernel = lost.Host.Node.Facts.Host?.Kernel?.Value
        where lost.Module.State == ModuleState.Missing || (lost.Module.State == ModuleState.NotLoaded && kernel?.HasModuleFiles == false)
        select Build(lost, kernel);

    private RuleFinding Build(LostKernelDevice lost, KernelFact? kernel)
    {
        var node = lost.Host.Node.Name;
        var rebooted = kernel?.HasModuleFiles != false;
        var draft = LostDeviceFindings.Draft(
            Descriptor,
            lost.Device,
            rebooted
                ? $"The kernel of {node} has no WireGuard, so the node has no tunnel; the other nodes use the kernel's."
                : $"{node} runs a kernel whose module files are gone: WireGuard cannot be loaded until it is rebooted.",
            rebooted ? 0.9 : 0.93);
        draft.Evidence(lost.Host, "module wireguard", lost.Module.State == ModuleState.Missing ? "neither built in nor a file for this kernel" : "not loaded", "loaded or built in", "/proc/modules, /lib/modules");
        if (kernel is not null) draft.Evidence(lost.Host, "uname -r", DisplayText.Name(kernel.Release), rebooted ? null : "a kernel with a folder in /lib/modules", "uname");
        return draft.Build();
    }
}
