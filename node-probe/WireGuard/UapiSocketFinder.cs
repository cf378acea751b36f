// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// Finds UAPI sockets in the probe's own folder and, through /proc/PID/root, in those of the processes that have TUN devices: a userspace
/// implementation in a container has its sockets in a mount namespace of its own. A tree of a container belongs to whoever runs in it: no link
/// leads out of it, only sockets are taken, file systems that may hang are left alone, and whatever hangs in spite of that is left behind.
/// </summary>
internal sealed class UapiSocketFinder(string procRoot, UapiLimits limits, TimeProvider time)
{
    private static readonly string[] Places = ["/run/wireguard", "/var/run/wireguard"];

    private readonly Dictionary<FileIdentity, List<UapiSocket>> _folders = [];
    private readonly List<string> _cuts = [];

    /// <summary>Finds them. A missing folder is an empty one: no userspace implementation ever ran.</summary>
    public UapiSockets Find(string directory, TunHolders holders, Func<string, bool> filter, Deadline deadline)
    {
        var errno = LookAtOwn(directory, filter, out var own);
        using var thread = new ReaderThread(time);
        var (foreign, unseen) = (new List<(int Rank, UapiSocket Socket)>(), 0);
        foreach (var holder in holders.All)
        {
            deadline.Token.ThrowIfCancellationRequested();
            if (deadline.Expired || !LookAt(holder, filter, thread, foreign)) unseen++;
        }

        if (!holders.Ended && holders != TunHolders.None) _cuts.Add("UAPI sockets: not all processes could be looked at for TUN devices");
        if (unseen > 0) _cuts.Add($"UAPI sockets: the folders of {unseen} of {holders.All.Count} processes with TUN devices took too long");
        // The first one of everybody, then the second: no container can use up the time of the others.
        var ranked = foreign.OrderBy(found => found.Rank).ThenBy(found => found.Socket.Name, StringComparer.Ordinal).Select(found => found.Socket);
        return new UapiSockets([.. own, .. ranked], errno, _cuts.Count > 0 ? string.Join("; ", _cuts) : null);
    }

    private int LookAtOwn(string directory, Func<string, bool> filter, out List<UapiSocket> own)
    {
        own = [];
        var errno = Folder.TryOpen(directory, out var folder);
        if (folder is null) return errno == Errno.NoEntry ? 0 : errno;
        using (folder)
        {
            errno = UapiFolder.Take(folder, string.Empty, trusted: true, filter, limits.Sockets, out own, out var seen);
            if (seen > own.Count) _cuts.Add($"UAPI sockets: only the first {own.Count} of {seen}");
            if (folder.TryGetStatus(out var status) == 0) _folders[status.Identity] = own;
        }

        return errno;
    }

    private bool LookAt(TunHolder holder, Func<string, bool> filter, ReaderThread thread, List<(int Rank, UapiSocket Socket)> foreign)
    {
        var opened = Guarded(thread, () => Open(holder.Pid));
        if (opened is null) return false;
        foreach (var (place, identity, folder) in opened)
        {
            using (folder)
            {
                if (!_folders.TryGetValue(identity, out var sockets))
                {
                    var where = $" (in {place} of process {holder.Pid} {holder.Name})";
                    if (Guarded(thread, () => Take(folder, where, filter)) is not { } taken) return false;
                    sockets = taken.Sockets;
                    if (taken.Seen > sockets.Count) _cuts.Add($"UAPI sockets of process {holder.Pid}: only the first {sockets.Count} of {taken.Seen}");
                    _folders[identity] = sockets;
                    foreign.AddRange(sockets.Select((socket, rank) => (rank, socket)));
                }

                sockets.ForEach(socket => socket.AddSeer(holder.Pid));
            }
        }

        return true;
    }

    private Taken Take(Folder folder, string where, Func<string, bool> filter)
    {
        _ = UapiFolder.Take(folder, where, trusted: false, filter, limits.SocketsOfProcess, out var sockets, out var seen);
        return new Taken(sockets, seen);
    }

    /// <summary>Null when it hung.</summary>
    private T? Guarded<T>(ReaderThread thread, Func<T> look)
        where T : class
    {
        T? result = null;
        var ended = thread.TryRun(() => Volatile.Write(ref result, look()), limits.Look);
        return ended ? result : null;
    }

    private List<(string Place, FileIdentity Identity, Folder Folder)> Open(int pid)
    {
        var found = new List<(string Place, FileIdentity Identity, Folder Folder)>();
        if (Folder.TryOpen($"{procRoot}/{pid}/root", out var root) != 0) return found;
        using (root)
        {
            foreach (var place in Places)
            {
                if (root!.TryOpenFolderInside(place, out var folder, strict: true) != 0) continue;
                if (folder!.TryGetStatus(out var status) == 0 && folder.IsLocal() && !found.Exists(known => known.Identity == status.Identity))
                    found.Add((place, status.Identity, folder));
                else folder.Dispose();
            }
        }

        return found;
    }

    private sealed record Taken(List<UapiSocket> Sockets, int Seen);
}
