// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>
/// Decodes matches and targets, fills in the names of ipsets, and gives equal bytes the same object: thousands of rules of a node differ in little.
/// Not for several threads.
/// </summary>
/// <param name="sets">The namespace's ipsets; null when they could not be read.</param>
internal sealed class XtDecoder(IReadOnlyList<IpSet>? sets = null) : IXtDecoder
{
    /// <summary>Structures longer than this (strings, programs) are seldom repeated.</summary>
    private const int LongestCached = 168;

    private readonly XtExpressionCache _matches = new();
    private readonly XtExpressionCache _targets = new();

    public Expression DecodeMatch(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info)
    {
        if (info.Length > LongestCached) return XtMatchDecoder.Decode(name, revision, family, info);
        if (_matches.TryGet(family, name, revision, info, out var slot) is { } known) return known;
        var decoded = XtMatchDecoder.Decode(name, revision, family, info);
        if (decoded is XtSet set) decoded = set with { Name = NameOf(set.Index) };
        _matches.Put(slot, family, name, revision, info, decoded);
        return decoded;
    }

    public Expression DecodeTarget(NetfilterFamily family, string name, byte revision, ReadOnlySpan<byte> info)
    {
        if (info.Length > LongestCached) return XtTargetDecoder.Decode(name, revision, family, info);
        if (_targets.TryGet(family, name, revision, info, out var slot) is { } known) return known;
        var decoded = XtTargetDecoder.Decode(name, revision, family, info);
        if (decoded is XtSetTarget set) decoded = set with { Add = Named(set.Add), Delete = Named(set.Delete), Map = Named(set.Map) };
        _targets.Put(slot, family, name, revision, info, decoded);
        return decoded;
    }

    private XtSetReference? Named(XtSetReference? reference) => reference is null ? null : reference with { Name = NameOf(reference.Index) };

    private string? NameOf(ushort index)
    {
        foreach (var set in sets ?? [])
        {
            if (set.Index == index) return set.Name;
        }

        return null;
    }
}
