// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>A call of a function; the receiver of a method is its first argument.</summary>
internal sealed record CelCall(string Function, IReadOnlyList<CelNode> Arguments) : CelNode
{
    public override IEnumerable<CelNode> Parts => Arguments;

    protected override object? Compute(CelScope scope)
    {
        var values = new object?[Arguments.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = Arguments[index].Evaluate(scope);
            if (values[index] is CelError)
                return values[index];
        }

        return CelFunctions.Call(Function, values);
    }
}

/// <summary>The macros over lists and maps: all, exists, exists_one, filter, map.</summary>
internal sealed record CelMacro(string Name, CelNode Range, string Variable, CelNode Body) : CelNode
{
    public static IReadOnlyList<string> All { get; } = ["all", "exists", "exists_one", "filter", "map"];

    public override IEnumerable<CelNode> Parts => [Range, Body];

    protected override object? Compute(CelScope scope)
    {
        IEnumerable<object?>? items = Range.Evaluate(scope) switch
        {
            List<object?> list => list,
            Dictionary<string, object?> map => map.Keys,
            _ => null,
        };
        if (items is null)
            return Range.Evaluate(scope) as CelError ?? CelError.NoOverload(Name);
        CelError? failed = null;
        var kept = new List<object?>();
        int holds = 0;
        foreach (object? item in items)
        {
            object? value = Body.Evaluate(scope.With(Variable, item));
            failed = value as CelError ?? failed;
            if (Name == "all" && value is false)
                return false;
            if (Name == "exists" && value is true)
                return true;
            if (value is true)
                holds++;
            if (Name == "map" || (Name == "filter" && value is true))
                kept.Add(Name == "map" ? value : item);
        }

        if (failed is not null)
            return failed;
        return Name switch
        {
            "all" => true,
            "exists" => false,
            "exists_one" => holds == 1,
            _ => kept,
        };
    }
}
