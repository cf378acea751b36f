// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>
/// Recursive descent over the part of CEL that this server supports. Everything outside of it (optional values, quantities, two-variable
/// macros ...) is a problem in words, never a guess.
/// </summary>
internal sealed class CelParser
{
    private const int MaxDepth = 50;
    private readonly IReadOnlyList<CelToken> _tokens;
    private readonly HashSet<string> _names;
    private int _at;
    private int _depth;
    private string? _problem;

    private CelParser(IReadOnlyList<CelToken> tokens, IEnumerable<string> names)
    {
        _tokens = tokens;
        _names = [.. names];
    }

    private CelToken Current => _tokens[_at];

    /// <param name="names">The variables that exist.</param>
    public static (CelNode? Node, string? Problem) Parse(string expression, IEnumerable<string> names)
    {
        (IReadOnlyList<CelToken>? tokens, string? problem) = CelToken.Split(expression);
        if (tokens is null)
            return (null, problem);
        var parser = new CelParser(tokens, names);
        CelNode node = parser.Choice();
        if (parser._problem is null && parser.Current.Kind != CelTokenKind.End)
            parser.Complain($"unexpected '{parser.Current.Text}'");
        return parser._problem is null ? (node, null) : (null, parser._problem);
    }

    private CelNode Choice()
    {
        if (++_depth > MaxDepth)
            return Complain("the expression is nested too deeply");
        CelNode condition = Logic(isAnd: false);
        if (Take("?"))
        {
            CelNode then = Choice();
            Want(":");
            condition = new CelChoice(condition, then, Choice());
        }

        _depth--;
        return condition;
    }

    private CelNode Logic(bool isAnd)
    {
        CelNode left = isAnd ? Relation() : Logic(isAnd: true);
        while (Take(isAnd ? "&&" : "||"))
            left = new CelLogic(isAnd, left, isAnd ? Relation() : Logic(isAnd: true));
        return left;
    }

    private CelNode Relation() => Chain(Sum, "==", "!=", "<=", ">=", "<", ">", "in");

    private CelNode Sum() => Chain(Product, "+", "-");

    private CelNode Product() => Chain(Unary, "*", "/", "%");

    private CelNode Chain(Func<CelNode> operand, params ReadOnlySpan<string> operators)
    {
        CelNode left = operand();
        while (_problem is null && Current.Kind is CelTokenKind.Symbol or CelTokenKind.Name && operators.Contains(Current.Text))
        {
            string symbol = Next().Text;
            left = new CelBinary(symbol, left, operand());
        }

        return left;
    }

    private CelNode Unary()
    {
        if (Current is { Kind: CelTokenKind.Symbol, Text: "!" or "-" })
        {
            if (++_depth > MaxDepth)
                return Complain("the expression is nested too deeply");
            var node = new CelUnary(Next().Text, Unary());
            _depth--;
            return node;
        }

        return Member(Primary());
    }

    private CelNode Member(CelNode target)
    {
        while (_problem is null)
        {
            if (Take("."))
            {
                CelToken name = Next();
                if (name.Kind != CelTokenKind.Name)
                    return Complain($"expected a field name at {name.At}");
                target = Current.Text == "(" && Current.Kind == CelTokenKind.Symbol ? Method(target, name.Text) : new CelSelect(target, Unescape(name.Text));
            }
            else if (Take("["))
            {
                target = new CelIndex(target, Choice());
                Want("]");
            }
            else
            {
                break;
            }
        }

        return target;
    }

    private CelNode Method(CelNode target, string name)
    {
        Want("(");
        if (CelMacro.All.Contains(name))
        {
            CelToken variable = Next();
            if (variable.Kind != CelTokenKind.Name)
                return Complain($"argument of {name} must be a simple name");
            Want(",");
            bool added = _names.Add(variable.Text);
            CelNode body = Choice();
            if (added)
                _names.Remove(variable.Text);
            Want(")");
            return new CelMacro(name, target, variable.Text, body);
        }

        List<CelNode> arguments = [target, .. Arguments(")")];
        return Call(name, arguments);
    }

    private CelNode Call(string name, List<CelNode> arguments) =>
        CelFunctions.Problem(name, arguments.Count) is { } problem ? Complain(problem) : new CelCall(name, arguments);

    private CelNode Primary()
    {
        CelToken token = Next();
        return token switch
        {
            { Kind: CelTokenKind.Text } => new CelLiteral(token.Unquote()),
            { Kind: CelTokenKind.Number } => Number(token.Text),
            { Kind: CelTokenKind.Symbol, Text: "(" } => Parenthesis(),
            { Kind: CelTokenKind.Symbol, Text: "[" } => new CelList(Arguments("]")),
            { Kind: CelTokenKind.Symbol, Text: "{" } when Take("}") => new CelMap([]),
            { Kind: CelTokenKind.Name } => Word(token.Text),
            _ => Complain($"unexpected '{token.Text}' at {token.At}"),
        };
    }

    private CelNode Parenthesis()
    {
        CelNode inner = Choice();
        Want(")");
        return inner;
    }

    private CelNode Word(string name)
    {
        switch (name)
        {
            case "true" or "false":
                return new CelLiteral(name == "true");
            case "null":
                return new CelLiteral(null);
        }

        if (Take("("))
        {
            List<CelNode> arguments = Arguments(")");
            if (name != "has")
                return Call(name, arguments);
            return arguments is [CelSelect field] ? new CelHas(field) : Complain("invalid argument to has() macro");
        }

        return _names.Contains(name) ? new CelName(name) : Complain($"undeclared reference to '{name}'");
    }

    private List<CelNode> Arguments(string end)
    {
        var arguments = new List<CelNode>();
        if (Take(end))
            return arguments;
        do
            arguments.Add(Choice());
        while (_problem is null && Take(","));
        Want(end);
        return arguments;
    }

    private static CelLiteral Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long whole)
            ? new CelLiteral(whole)
            : new CelLiteral(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    /// <summary>Field names that are no CEL names are written with escapes in CRD rules.</summary>
    private static string Unescape(string name) =>
        name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) && name.Length > 4 ? name[2..^2]
        : name.Replace("__dot__", ".", StringComparison.Ordinal).Replace("__dash__", "-", StringComparison.Ordinal).Replace("__slash__", "/", StringComparison.Ordinal);

    private CelToken Next() => Current.Kind == CelTokenKind.End ? Current : _tokens[_at++];

    private bool Take(string symbol)
    {
        if (Current.Kind != CelTokenKind.Symbol || Current.Text != symbol)
            return false;
        _at++;
        return true;
    }

    private void Want(string symbol)
    {
        if (!Take(symbol))
            Complain($"expected '{symbol}' at {Current.At}, found '{Current.Text}'");
    }

    private CelLiteral Complain(string problem)
    {
        _problem ??= problem;
        return new CelLiteral(null);
    }
}
