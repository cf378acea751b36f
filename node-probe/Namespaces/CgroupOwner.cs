// SPDX-License-Identifier: Apache-2.0

using System.Buffers;

namespace KubeWgDiag.NodeProbe.Namespaces;

/// <summary>
/// Reads pod and container out of cgroup paths, as the kubelet and the runtimes name them: <c>kubepods/burstable/podUID/ID</c> (cgroupfs
/// driver) and <c>kubepods-burstable-podUID.slice/cri-containerd-ID.scope</c> (systemd driver, dashes of the UID written as underscores);
/// <c>docker/ID</c> and <c>docker-ID.scope</c>. Seen from another cgroup namespace a path begins with <c>/..</c> and may lack its first parts.
/// </summary>
internal static class CgroupOwner
{
    private const int UuidLength = 36;
    private const int HashLength = 32; // static pods: an MD5 of the manifest
    private const int ContainerIdLength = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Takes the text of /proc/PID/cgroup, one <c>hierarchy:controllers:path</c> a line; every line may name them.</summary>
    public static (string? PodUid, string? ContainerId) Parse(ReadOnlySpan<char> text)
    {
        string? pod = null;
        string? container = null;
        foreach (var line in text.EnumerateLines())
        {
            var path = line[(line.IndexOf(':') + 1)..];
            path = path[(path.IndexOf(':') + 1)..];
            foreach (var range in path.Split('/'))
            {
                var segment = path[range];
                if (PodOf(segment) is { } uid) pod ??= uid;
                // The innermost container is the one that runs the process; a node that is a container itself stands further out.
                else if (ContainerOf(segment) is { } id) container = id;
            }

            if (pod is not null && container is not null) break;
        }

        return (pod, container);
    }

    private static string? PodOf(ReadOnlySpan<char> segment)
    {
        if (segment.EndsWith(".slice", StringComparison.Ordinal)) segment = segment[..^".slice".Length];
        var mark = segment.LastIndexOf("pod", StringComparison.Ordinal);
        if (mark < 0 || (mark > 0 && segment[mark - 1] != '-')) return null;
        var uid = segment[(mark + "pod".Length)..];
        if (uid.Length == HashLength) return IsHex(uid) ? uid.ToString() : null;
        if (uid.Length != UuidLength) return null;
        for (var i = 0; i < uid.Length; i++)
        {
            var separator = i is 8 or 13 or 18 or 23;
            if (separator ? uid[i] is not ('-' or '_') : !char.IsAsciiHexDigit(uid[i])) return null;
        }

        return uid.ToString().Replace('_', '-');
    }

    private static string? ContainerOf(ReadOnlySpan<char> segment)
    {
        if (segment.EndsWith(".scope", StringComparison.Ordinal)) segment = segment[..^".scope".Length];
        if (segment.Length < ContainerIdLength) return null;
        var id = segment[^ContainerIdLength..];
        // A prefix names the runtime and ends in a dash: docker-, cri-containerd-, crio-, libpod-; CRI-O's monitor has crio-conmon-.
        var prefix = segment[..^ContainerIdLength];
        return IsHex(id) && (prefix.IsEmpty || prefix[^1] is '-' or ':') ? id.ToString() : null;
    }

    private static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(HexDigits);
}
