// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>The variables an expression sees, innermost first, and the steps it may still take.</summary>
internal sealed class CelScope
{
    private readonly IReadOnlyDictionary<string, object?>? _variables;
    private readonly CelScope? _outer;
    private readonly string? _name;
    private readonly object? _value;
    private readonly int[] _steps;

    public CelScope(IReadOnlyDictionary<string, object?> variables, int steps = 1_000_000)
    {
        _variables = variables;
        _steps = [steps];
    }

    private CelScope(CelScope outer, string name, object? value)
    {
        _outer = outer;
        _name = name;
        _value = value;
        _steps = outer._steps;
    }

    public CelScope With(string name, object? value) => new(this, name, value);

    /// <summary>False when the expression has used up its steps.</summary>
    public bool Spend() => --_steps[0] > 0;

    public object? Find(string name)
    {
        for (CelScope? scope = this; scope is not null; scope = scope._outer)
        {
            if (scope._name == name)
                return scope._value;
            if (scope._variables is { } variables)
                return variables.TryGetValue(name, out object? value) ? value : new CelError($"undeclared reference to '{name}'");
        }

        return new CelError($"undeclared reference to '{name}'");
    }
}
