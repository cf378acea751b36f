// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>A record as names and values, in the words of the tool it is held against.</summary>
internal sealed class Fields
{
    private readonly SortedDictionary<string, string> _exact = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _ticking = new(StringComparer.Ordinal);

    /// <summary>Values that go on while one looks: seconds.</summary>
    public IReadOnlyDictionary<string, long> Ticking => _ticking;

    /// <summary>Everything else, in one line.</summary>
    public string Line => string.Join(' ', _exact.Select(pair => $"{pair.Key}={pair.Value}"));

    public Fields Put(string name, object? value)
    {
        if (value is not null) _exact[name] = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return this;
    }

    /// <summary>A word that is there or not.</summary>
    public Fields Flag(string name, bool isSet) => isSet ? Put(name, "yes") : this;

    public Fields Hex(string name, uint? value) => value is { } number ? Put(name, "0x" + number.ToString("x", CultureInfo.InvariantCulture)) : this;

    public Fields Tick(string name, long? value)
    {
        if (value is { } seconds) _ticking[name] = seconds;
        return this;
    }

    public Fields Remove(string name)
    {
        _exact.Remove(name);
        return this;
    }

    /// <summary>Words in any order.</summary>
    public Fields Words(string name, IEnumerable<string> words) => Put(name, string.Join(',', words.Order(StringComparer.Ordinal)));
}
