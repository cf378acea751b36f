// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// A UAPI socket, held by its inode: what is asked later is what was looked at, whatever its folder shows by then, and however long its path is.
/// </summary>
/// <param name="name">Device name from the file name.</param>
/// <param name="held">The file.</param>
/// <param name="where">Where it was seen, for people; empty for the probe's own folder.</param>
internal sealed class UapiSocket(string name, SafeDescriptor held, string where) : IDisposable
{
    private readonly HashSet<int> _seenBy = [];

    public string Name { get; } = name;

    /// <summary>Where it was seen, for people; empty for the probe's own folder.</summary>
    public string Where { get; } = where;

    /// <summary>Processes with a TUN device that see this very socket under this name.</summary>
    public IReadOnlySet<int> SeenBy => _seenBy;

    /// <summary>A path to connect to, as long as this object is not disposed.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)held.DangerousGetHandle()}");

    public void AddSeer(int pid) => _seenBy.Add(pid);

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();
}

/// <summary>The UAPI sockets that were found, in the order in which they are to be asked.</summary>
/// <param name="All">The sockets.</param>
/// <param name="Errno">Why the probe's own folder could not be read; 0 = it could, or there is none.</param>
/// <param name="Cut">What was left out; null when nothing was.</param>
internal sealed record UapiSockets(IReadOnlyList<UapiSocket> All, int Errno, string? Cut) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var socket in All) socket.Dispose();
    }
}
