// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Interop;

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>One of the folders conf and neigh, with a folder for each device that all hold the same names.</summary>
internal sealed class DeviceSysctls(Folder folder, string prefix, string[] always, string[]? deciding) : IDisposable
{
    private const int MaxNames = 512;
    private const int ValueBytes = 256;

    private readonly List<Leaf> _leaves = [];

    /// <summary>
    /// Reads <c>default</c> and <c>all</c>, whole, and remembers the first one to compare with. Only the first namespace has a neigh.default;
    /// elsewhere <c>lo</c>, which every namespace has, takes its place.
    /// </summary>
    public void ReadShared(SysctlValues values)
    {
        var name = folder.TryOpen("default\0"u8, out var reference) == 0 ? "default" : "lo";
        if (reference is null) _ = folder.TryOpen("lo\0"u8, out reference);
        _ = folder.TryOpen("all\0"u8, out var all);
        using (reference)
        using (all)
        {
            foreach (var leaf in Names(reference, values).Union(Names(all, values)).Union(always))
                _leaves.Add(new Leaf(leaf, Folder.ZeroEnded(leaf), always.Contains(leaf)));
            if (reference is not null) ReadLeaves(reference, name, values, Remember);
            if (all is not null) ReadLeaves(all, "all", values, static (_, _) => true);
        }
    }

    /// <summary>Reads one device: the leaves that always stand in the facts, and those that differ from <c>default</c> (or <c>lo</c>).</summary>
    public void ReadDevice(string device, SysctlValues values)
    {
        // The two that are no devices, and what no kernel allows as a name and would lead out of the folder.
        if (device is "all" or "default" or "." or ".." or "" || device.Contains('/', StringComparison.Ordinal)) return;
        if (folder.TryOpenNamed(device, out var own) != 0) return;
        // A dot inside the device's name becomes a slash, as sysctl(8) does it.
        using (own) ReadLeaves(own!, device.Replace('.', '/'), values, static (leaf, value) => leaf.Always || !value.SequenceEqual(leaf.Default));
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    private delegate bool Keep(Leaf leaf, ReadOnlySpan<byte> value);

    private static bool Remember(Leaf leaf, ReadOnlySpan<byte> value)
    {
        leaf.Default = value.ToArray();
        return true;
    }

    private IEnumerable<string> Names(Folder? shared, SysctlValues values)
    {
        if (deciding is not null) return always.Concat(deciding);
        if (shared is null) return []; // neigh has no "all".
        if (shared.List(MaxNames, out var entries) != 0) values.Unknown++;
        // Folders inside do not occur.
        return entries.Where(entry => !entry.IsFolder && !SysctlNames.IsWithheld(entry.Name)).Select(entry => entry.Name);
    }

    private void ReadLeaves(Folder own, string shown, SysctlValues values, Keep keep)
    {
        Span<byte> buffer = stackalloc byte[ValueBytes];
        foreach (var leaf in _leaves)
        {
            var errno = own.ReadOnce(leaf.File, buffer, out var length);
            if (errno == Errno.NoEntry) continue;
            var value = SysctlValues.Trim(buffer[..length]);
            if (errno != 0 || length == ValueBytes) values.Unknown++;
            else if (keep(leaf, value)) values.Add($"{prefix}{shown}.{leaf.Name}", value);
        }
    }

    private sealed class Leaf(string name, byte[] file, bool always)
    {
        public string Name => name;

        public byte[] File => file;

        public bool Always => always;

        public byte[] Default { get; set; } = [];
    }
}
