// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>
/// Finds the processes that have TUN devices open, by /proc/PID/fd and the line <c>iff:</c> that the kernel writes into the fdinfo of
/// such a descriptor. That line, not the path, is the proof: a path is what somebody called a file.
/// </summary>
internal sealed class TunHolderScan(string procRoot)
{
    /// <summary>The most holders that are kept in mind.</summary>
    public const int MaxHolders = 256;

    private const int MaxProcesses = 65_536;
    private const int MaxDescriptors = 65_536;
    private const int PathBytes = 128;
    private const int InfoBytes = 1024;
    private readonly List<TunHolder> _holders = [];
    private int _denied;

    /// <summary>Looks at every process while there is time.</summary>
    public TunHolders Run(Deadline deadline)
    {
        if (Folder.TryOpen(procRoot, out var proc) != 0) return TunHolders.None;
        using (proc)
        {
            _ = proc!.List(MaxProcesses, out var entries);
            foreach (var entry in entries)
            {
                if (!TryNumber(entry.Name, out var pid)) continue;
                deadline.Token.ThrowIfCancellationRequested();
                if (deadline.Expired || _holders.Count == MaxHolders) return new TunHolders(_holders, _denied, Ended: false);
                Look(proc, pid, entry.Name);
            }
        }

        return new TunHolders(_holders, _denied, Ended: true);
    }

    private void Look(Folder proc, int pid, string name)
    {
        var errno = proc.TryOpenNamed($"{name}/fd", out var descriptors);
        if (errno is Errno.AccessDenied or Errno.NotPermitted) _denied++;
        if (descriptors is null) return;
        List<HeldTun>? tuns = null;
        using (descriptors)
        {
            _ = descriptors.List(MaxDescriptors, out var entries);
            Span<byte> path = stackalloc byte[PathBytes];
            foreach (var entry in entries)
            {
                // A closed one meanwhile is none.
                if (descriptors.ReadLink(Folder.ZeroEnded(entry.Name), path, out var length) != 0 || path[..length].IndexOf("/tun"u8) < 0) continue;
                if (TryNumber(entry.Name, out var descriptor) && DeviceOf(proc, name, entry.Name) is { } device)
                    AddOnce(tuns ??= [], new HeldTun(device, NamespaceOf(pid, descriptor)));
            }
        }

        if (tuns is not null) _holders.Add(new TunHolder(pid, CommandOf(proc, name), NamespaceOf($"{procRoot}/{name}/ns/net"), tuns));
    }

    /// <summary>A device with several queues has a descriptor for each.</summary>
    private static void AddOnce(List<HeldTun> tuns, HeldTun tun)
    {
        if (!tuns.Contains(tun)) tuns.Add(tun);
    }

    private static string? DeviceOf(Folder proc, string process, string descriptor)
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        return proc.ReadOnce(Folder.ZeroEnded($"{process}/fdinfo/{descriptor}"), info, out var length) == 0 ? TunInfo.DeviceOf(info[..length]) : null;
    }

    private static string CommandOf(Folder proc, string process)
    {
        Span<byte> text = stackalloc byte[64];
        return proc.ReadOnce(Folder.ZeroEnded($"{process}/comm"), text, out var length) == 0 ? Encoding.UTF8.GetString(text[..length]).TrimEnd('\n') : string.Empty;
    }

    private static string? NamespaceOf(int pid, int descriptor) => TunDescriptor.TryGetNamespace(pid, descriptor, out var space) == 0 ? space.NamespaceId : null;

    private static string? NamespaceOf(string path) => FileStatus.TryRead(path, out var space) == 0 ? space.NamespaceId : null;

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
