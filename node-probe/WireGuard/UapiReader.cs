// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>
/// Finds the UAPI sockets of a folder and asks them all. Nothing is ever removed: a socket nobody serves is a finding, not litter.
/// </summary>
internal sealed class UapiReader(UapiClient client, UapiLimits limits)
{
    private const string Suffix = ".sock";

    /// <summary>Reads every socket whose device passes the filter. A missing folder is an empty one: no userspace implementation ever ran.</summary>
    public async Task<Reading<UapiSnapshot>> ReadAsync(string directory, Func<string, bool> filter, Deadline deadline)
    {
        var found = Find(directory, filter);
        var asked = found.Count > limits.Sockets ? found[..limits.Sockets] : found;
        using var slots = new SemaphoreSlim(limits.Parallel);
        var answers = await Task.WhenAll(asked.Select(socket => AskAsync(socket.Name, socket.Path, slots, deadline)));
        var snapshot = new UapiSnapshot(
            [.. answers.Select(a => a.Device).OfType<WireGuardDeviceFact>()],
            [.. answers.Select(a => a.Problem).OfType<UapiSocketFact>()]);
        var cut = asked.Count < found.Count ? $"UAPI sockets: only the first {limits.Sockets} of {found.Count}" : null;
        return Reading<UapiSnapshot>.Of(snapshot, unknown: answers.Sum(a => a.Unknown), cut: cut);
    }

    /// <summary>Names of the devices that have a socket in the folder, asked or not; none where the folder cannot be read, which the reader says.</summary>
    public static IReadOnlySet<string> Names(string directory, Func<string, bool> filter)
    {
        try
        {
            return Find(directory, filter).Select(socket => socket.Name).ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new HashSet<string>();
        }
    }

    private async Task<UapiAnswer> AskAsync(string name, string path, SemaphoreSlim slots, Deadline deadline)
    {
        await slots.WaitAsync(deadline.Token);
        try
        {
            return deadline.Expired
                ? UapiAnswer.Of(name, UapiSocketProblem.Hung, "not asked: other sockets used up the time")
                : await client.ReadAsync(name, path, deadline.Token);
        }
        finally
        {
            slots.Release();
        }
    }

    private static List<(string Name, string Path)> Find(string directory, Func<string, bool> filter)
    {
        var found = new List<(string Name, string Path)>();
        try
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*" + Suffix))
            {
                var name = Path.GetFileNameWithoutExtension(path);
                if (name.Length > 0 && filter(name) && FileStatus.TryRead(path, out var status) == 0 && status.IsSocket) found.Add((name, path));
            }
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }

        found.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }
}
