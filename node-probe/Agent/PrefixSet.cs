// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Prefixes that can be asked for overlap in logarithmic time: a node may have half a million routes.</summary>
internal sealed class PrefixSet
{
    private readonly IpPrefix[] _sorted;
    private readonly HashSet<IpPrefix> _exact;
    private readonly int[] _lengths;

    public PrefixSet(IEnumerable<IpPrefix> prefixes)
    {
        _exact = [.. prefixes];
        _sorted = [.. _exact.OrderBy(p => p.Network)];
        _lengths = [.. _exact.Select(p => p.Length).Distinct()];
    }

    /// <summary>True when any prefix of the set contains the given one or lies inside it.</summary>
    public bool Overlaps(IpPrefix prefix)
    {
        foreach (var length in _lengths)
        {
            if (length <= prefix.Length && IpPrefix.TryCreate(prefix.Network, length, out var wider) && _exact.Contains(wider)) return true;
        }

        // The first network that is not before this one is inside it, or none is.
        var (low, high) = (0, _sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_sorted[middle].Network < prefix.Network) low = middle + 1;
            else high = middle;
        }

        return low < _sorted.Length && prefix.Contains(_sorted[low].Network);
    }
}
