// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Remembers what bytes were decoded to; each place holds the last one that fell on it, so that the size is bounded.</summary>
internal sealed class XtExpressionCache
{
    private const int Places = 4096;
    private readonly Entry?[] _entries = new Entry?[Places];

    /// <summary>What these bytes were decoded to, or null and the place where to put it.</summary>
    public Expression? TryGet(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info, out int place)
    {
        var hash = new HashCode();
        hash.Add(name);
        hash.AddBytes(info);
        place = (int)((uint)hash.ToHashCode() % Places);
        return _entries[place] is { } entry && entry.Family == family && entry.Revision == revision && entry.Name == name && info.SequenceEqual(entry.Info)
            ? entry.Decoded
            : null;
    }

    public void Put(int place, NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info, Expression decoded) =>
        _entries[place] = new Entry(family, name, revision, info.ToArray(), decoded);

    private sealed record Entry(NetfilterFamily Family, string Name, byte Revision, byte[] Info, Expression Decoded);
}
