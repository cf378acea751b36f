// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Intake.Sharing;

/// <summary>The names of a list of values and where each stands. Nodes of one kernel have the same ones, so one table serves thousands.</summary>
internal sealed class KeyTable
{
    private readonly Dictionary<string, int> _places;

    /// <summary>Takes over the array.</summary>
    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public KeyTable(string[] names)
    {
        Names = names;
        _places = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
            _places.Add(names[i], i);
    }

    public string[] Names { get; }

    /// <summary>The place of a name; -1 when it is not there.</summary>
    public int PlaceOf(string name) => _places.GetValueOrDefault(name, -1);

    /// <summary>Tables are equal when their names are, in order.</summary>
    internal sealed class ByNames : IEqualityComparer<KeyTable>
    {
        public bool Equals(KeyTable? x, KeyTable? y) => SequenceComparer<string>.Instance.Equals(x?.Names, y?.Names);

        public int GetHashCode(KeyTable obj) => SequenceComparer<string>.Instance.GetHashCode(obj.Names);
    }
}
