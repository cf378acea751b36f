// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Finds the host's file system.</summary>
internal static class HostRoot
{
    /// <summary>Kubernetes sets it in every container: outside of one the probe's own root is the host's.</summary>
    private const string PodMark = "KUBERNETES_SERVICE_HOST";

    /// <summary>
    /// The first process of a pod that shares the host's processes is the host's, so its root needs no mount, only CAP_SYS_PTRACE. Where
    /// that is refused in a pod, the refused path is returned: the probe's own root would show a container and call it the host.
    /// </summary>
    public static string Of(HostPaths paths) => paths.Root ?? Find(paths.Proc, Environment.GetEnvironmentVariable(PodMark) is not null);

    internal static string Find(string procRoot, bool inPod)
    {
        var first = Path.Combine(procRoot, "1", "root");
        if (Folder.TryOpen(first, out var opened) != 0) return inPod ? first : "/";
        opened!.Dispose();
        return first;
    }
}
