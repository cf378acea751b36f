// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter;

/// <summary>
/// An element of a set. Sets have many, so what few elements have stands apart in an object of its own, and an absent value is an
/// empty one inside.
/// </summary>
public sealed record SetElement
{
    private readonly HexBytes _keyEnd;
    private readonly HexBytes _data;
    private readonly Extras? _extras;

    /// <summary>The key, or the first one of a range; empty for a catch-all element.</summary>
    public HexBytes Key { get; init; }

    /// <summary>The last key of a range, inclusive; null for a single key. Concatenated keys compare field by field.</summary>
    public HexBytes? KeyEnd
    {
        get => _keyEnd.Length == 0 ? null : _keyEnd;
        init => _keyEnd = value ?? default;
    }

    /// <summary>NFT_SET_ELEM_CATCHALL: matches what nothing else does.</summary>
    public bool CatchAll { get; init; }

    /// <summary>Data of a map's element; null for verdicts, objects and plain sets.</summary>
    public HexBytes? Data
    {
        get => _data.Length == 0 ? null : _data;
        init => _data = value ?? default;
    }

    /// <summary>Verdict of a verdict map's element.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>Name of the stateful object of an object map's element.</summary>
    public string? ObjectName
    {
        get => _extras?.ObjectName;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { ObjectName = value };
    }

    /// <summary>Milliseconds until the kernel removes it; null = never.</summary>
    public ulong? ExpiresInMs
    {
        get => _extras?.ExpiresInMs;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { ExpiresInMs = value };
    }

    /// <summary>Milliseconds that it lives in all, where that is not the set's own timeout; null otherwise.</summary>
    public ulong? TimeoutMs
    {
        get => _extras?.TimeoutMs;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { TimeoutMs = value };
    }

    /// <summary>Counter of the element; null when it has none.</summary>
    public RuleCounter? Counter
    {
        get => _extras?.Counter;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { Counter = value };
    }

    /// <summary>Statements of the element with their state, counters among them; null when none.</summary>
    public IReadOnlyList<Expression>? Statements
    {
        get => _extras?.Statements;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { Statements = value };
    }

    public string? Comment
    {
        get => _extras?.Comment;
        init => _extras = value is null && _extras is null ? null : (_extras ?? Extras.None) with { Comment = value };
    }

    private sealed record Extras
    {
        public static readonly Extras None = new();

        public string? ObjectName { get; init; }

        public ulong? ExpiresInMs { get; init; }

        public ulong? TimeoutMs { get; init; }

        public RuleCounter? Counter { get; init; }

        public IReadOnlyList<Expression>? Statements { get; init; }

        public string? Comment { get; init; }
    }
}
