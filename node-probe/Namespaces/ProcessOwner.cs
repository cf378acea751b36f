// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>Names a process by its pod, container and command.</summary>
internal static class ProcessOwner
{
    /// <summary>A cgroup path has at most 4096 bytes; cgroup v1 has a dozen of them, of which the first ones are enough.</summary>
    private const int CgroupBytes = 16 * 1024;

    private const int CommandBytes = 64;

    /// <summary>Null when the process is gone.</summary>
    public static NamespaceOwnerFact? Read(string procRoot, int pid)
    {
        Span<byte> buffer = stackalloc byte[CgroupBytes];
        var command = ReadText($"{procRoot}/{pid}/comm", buffer[..CommandBytes]);
        var cgroup = ReadText($"{procRoot}/{pid}/cgroup", buffer);
        if (command is null && cgroup is null) return null;
        var (pod, container) = CgroupOwner.Parse(cgroup);
        return new NamespaceOwnerFact { PodUid = pod, ContainerId = container, Pid = pid, Process = command?.TrimEnd('\n') };
    }

    private static string? ReadText(string path, Span<byte> buffer)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.Read(file, buffer, 0);
            return Encoding.UTF8.GetString(buffer[..length]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // it ended meanwhile, or hides from us: then the namespace has one name less
        }
    }
}
