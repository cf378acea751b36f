// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>A node of a parsed expression.</summary>
internal abstract record CelNode
{
    /// <summary>The value, or a <see cref="CelError"/>.</summary>
    public object? Evaluate(CelScope scope) => scope.Spend() ? Compute(scope) : new CelError("the expression takes too many steps");

    public virtual IEnumerable<CelNode> Parts => [];

    protected abstract object? Compute(CelScope scope);
}

internal sealed record CelLiteral(object? Value) : CelNode
{
    protected override object? Compute(CelScope scope) => Value;
}

internal sealed record CelName(string Name) : CelNode
{
    protected override object? Compute(CelScope scope) => scope.Find(Name);
}

internal sealed record CelList(IReadOnlyList<CelNode> Elements) : CelNode
{
    public override IEnumerable<CelNode> Parts => Elements;

    protected override object? Compute(CelScope scope)
    {
        var list = new List<object?>();
        foreach (CelNode element in Elements)
        {
            object? value = element.Evaluate(scope);
            if (value is CelError)
                return value;
            list.Add(value);
        }

        return list;
    }
}

internal sealed record CelMap(IReadOnlyList<(string Key, CelNode Value)> Entries) : CelNode
{
    public override IEnumerable<CelNode> Parts => Entries.Select(entry => entry.Value);

    protected override object? Compute(CelScope scope) => Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Evaluate(scope));
}

internal sealed record CelSelect(CelNode Target, string Field) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Target];

    public object? Has(CelScope scope) => Target.Evaluate(scope) switch
    {
        CelError error => error,
        Dictionary<string, object?> map => map.ContainsKey(Field),
        _ => CelError.NoOverload("has"),
    };

    protected override object? Compute(CelScope scope) => Target.Evaluate(scope) switch
    {
        CelError error => error,
        Dictionary<string, object?> map => map.TryGetValue(Field, out object? value) ? value : new CelError($"no such key: {Field}"),
        _ => CelError.NoOverload($"field selection of {Field}"),
    };
}

internal sealed record CelIndex(CelNode Target, CelNode Key) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Target, Key];

    protected override object? Compute(CelScope scope) => (Target.Evaluate(scope), Key.Evaluate(scope)) switch
    {
        (CelError error, _) => error,
        (_, CelError error) => error,
        (Dictionary<string, object?> map, string key) => map.TryGetValue(key, out object? value) ? value : new CelError($"no such key: {key}"),
        (List<object?> list, long at) => at >= 0 && at < list.Count ? list[(int)at] : new CelError($"index out of bounds: {at}"),
        _ => CelError.NoOverload("_[_]"),
    };
}

internal sealed record CelHas(CelSelect Field) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Field];

    protected override object? Compute(CelScope scope) => Field.Has(scope);
}

internal sealed record CelChoice(CelNode Condition, CelNode Then, CelNode Else) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Condition, Then, Else];

    protected override object? Compute(CelScope scope) => Condition.Evaluate(scope) switch
    {
        true => Then.Evaluate(scope),
        false => Else.Evaluate(scope),
        CelError error => error,
        _ => CelError.NoOverload("_?_:_"),
    };
}
