// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules.Interface;

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>Nodes without a device in a mesh whose other nodes use the kernel's WireGuard, and what is known of the module there.</summary>
internal static class LostKernelDevices
{
    public static IEnumerable<LostKernelDevice> Find(MeshModel mesh) =>
        from lost in LostDevices.Find(mesh)
            // Where the others are userspace programs, so was this one; a socket that was left behind says the same.
        where lost.Holders.All(peer => !peer.Device.IsUserspace)
            && !Safe.List(lost.Host.Facts.UapiSocketProblems).Any(socket => socket.Problem == UapiSocketProblem.Stale)
        let module = Safe.List(lost.Host.Node.Facts.Host?.Modules).FirstOrDefault(module => module.Name == "wireguard")
        where module is not null
        select new LostKernelDevice(lost, module);
}

/// <summary>A node whose kernel should have a device.</summary>
/// <param name="Device">What is missing.</param>
/// <param name="Module">The module.</param>
internal sealed record LostKernelDevice(LostDevice Device, ModuleFact Module)
{
    public NamespaceView Host => Device.Host;
}
