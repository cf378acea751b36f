// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary><c>!</c> and unary minus.</summary>
internal sealed record CelUnary(string Operator, CelNode Operand) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Operand];

    protected override object? Compute(CelScope scope) => (Operator, Operand.Evaluate(scope)) switch
    {
        (_, CelError error) => error,
        ("!", bool flag) => !flag,
        ("-", long number) => -number,
        ("-", double number) => -number,
        _ => CelError.NoOverload(Operator),
    };
}

/// <summary>And, or: an error on one side does not count when the other side decides.</summary>
internal sealed record CelLogic(bool IsAnd, CelNode Left, CelNode Right) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Left, Right];

    protected override object? Compute(CelScope scope)
    {
        object? left = Left.Evaluate(scope);
        if (left is bool first && first != IsAnd)
            return first;
        object? right = Right.Evaluate(scope);
        if (right is bool second && second != IsAnd)
            return second;
        return left is bool ? right is bool or CelError ? right : CelError.NoOverload("&&, ||") : left is CelError ? left : CelError.NoOverload("&&, ||");
    }
}

/// <summary>Comparisons, <c>in</c> and arithmetic.</summary>
internal sealed record CelBinary(string Operator, CelNode Left, CelNode Right) : CelNode
{
    public override IEnumerable<CelNode> Parts => [Left, Right];

    protected override object? Compute(CelScope scope)
    {
        object? left = Left.Evaluate(scope);
        object? right = Right.Evaluate(scope);
        if (left is CelError || right is CelError)
            return left is CelError ? left : right;
        return Operator switch
        {
            "==" => CelValues.AreEqual(left, right),
            "!=" => !CelValues.AreEqual(left, right),
            "in" => Contains(left, right),
            "<" or "<=" or ">" or ">=" => Ordered(CelValues.Compare(left, right)),
            _ => CelArithmetic.Compute(Operator, left, right),
        };
    }

    private object Ordered(int? order) => (Operator, order) switch
    {
        (_, null) => CelError.NoOverload(Operator),
        ("<", { } sign) => sign < 0,
        ("<=", { } sign) => sign <= 0,
        (">", { } sign) => sign > 0,
        (_, { } sign) => sign >= 0,
    };

    private static object Contains(object? item, object? container) => container switch
    {
        List<object?> list => list.Exists(other => CelValues.AreEqual(item, other)),
        Dictionary<string, object?> map => item is string key && map.ContainsKey(key),
        _ => CelError.NoOverload("in"),
    };
}
