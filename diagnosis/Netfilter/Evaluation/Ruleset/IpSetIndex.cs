// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

/// <summary>The sets of the ipset subsystem by name and by the kernel's index.</summary>
internal sealed class IpSetIndex
{
    private readonly Dictionary<string, IpSet> _names = [];
    private readonly Dictionary<ushort, IpSet> _indexes = [];

    public IpSetIndex(IReadOnlyList<IpSet> sets)
    {
        foreach (var set in sets)
        {
            _names[set.Name] = set;
            if (set.Index is { } index) _indexes[index] = set;
        }
    }

    public IpSet? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>By name where the rule tells it, else by index: an index is used again after a set was destroyed.</summary>
    public IpSet? Find(string? name, ushort index) => name is not null ? Find(name) : _indexes.GetValueOrDefault(index);
}
