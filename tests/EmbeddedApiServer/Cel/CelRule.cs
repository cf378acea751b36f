// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Cel;

/// <summary>One entry of <c>x-kubernetes-validations</c>, or one validation of an admission policy.</summary>
internal sealed class CelRule
{
    private readonly CelNode _rule;
    private readonly CelNode? _messageExpression;
    private readonly string _message;

    private CelRule(CelNode rule, CelNode? messageExpression, string message, string reason)
    {
        _rule = rule;
        _messageExpression = messageExpression;
        _message = message;
        Reason = reason;
        UsesOldSelf = Mentions(rule, "oldSelf");
    }

    public string Reason { get; }

    public bool UsesOldSelf { get; }

    public static (CelRule? Rule, string? Problem) Compile(JsonObject rule, IReadOnlyList<string> names)
    {
        string text = rule.Text("rule") ?? "";
        if (rule.Flag("optionalOldSelf"))
            return (null, "optionalOldSelf is not supported by this server");
        (CelNode? node, string? problem) = CelParser.Parse(text, names);
        if (node is null)
            return (null, problem);
        CelNode? message = null;
        if (rule.Text("messageExpression") is { } expression)
        {
            (message, problem) = CelParser.Parse(expression, names);
            if (message is null)
                return (null, $"messageExpression: {problem}");
        }

        return (new CelRule(node, message, rule.Text("message") ?? $"failed rule: {text}", rule.Text("reason") ?? "FieldValueInvalid"), null);
    }

    /// <summary>Null when the rule holds, else the message.</summary>
    public string? Check(object? self, object? oldSelf)
    {
        var scope = new CelScope(new Dictionary<string, object?> { ["self"] = self, ["oldSelf"] = oldSelf });
        return _rule.Evaluate(scope) switch
        {
            true => null,
            CelError error => $"rule evaluation error: {error.Message}",
            _ => _messageExpression?.Evaluate(scope) as string ?? _message,
        };
    }

    private static bool Mentions(CelNode node, string name) => node is CelName found ? found.Name == name : node.Parts.Any(part => Mentions(part, name));
}
