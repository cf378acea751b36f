// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>
/// Writes rules as <c>nft list ruleset</c> does (nft 1.0): protocol and field names, values by their type, anonymous sets inside, and
/// without the matches that a later one implies. What has no such form is written as a list of the kernel's expressions in brackets.
/// </summary>
public static class RuleText
{
    /// <summary>The text of a rule, without its handle.</summary>
    /// <param name="table">The table, whose sets the rule may name.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="xtables">Writes xtables extensions (XtUnknownMatch and the like) as iptables does; null for what it does not know.</param>
    /// <param name="linkName">Names of interfaces by index, for <c>iif</c> and <c>oif</c>.</param>
    public static string Of(NetfilterTable table, NetfilterRule rule, Func<Expression, string?>? xtables = null, Func<uint, string?>? linkName = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(rule);
        var writer = new RuleWriter(table, xtables, linkName);
        for (var i = 0; i < rule.Expressions.Count; i++)
        {
            var range = i + 1 < rule.Expressions.Count ? RangeOf(rule.Expressions[i], rule.Expressions[i + 1]) : null;
            if (range is not null) i++;
            if (writer.Write(range ?? rule.Expressions[i])) continue;
            return WithComment(string.Join(' ', rule.Expressions.Select(LowLevel)), rule);
        }

        return WithComment(writer.Text, rule);
    }

    /// <summary>nft writes a range as two comparisons of the same register.</summary>
    private static RangeMatch? RangeOf(Expression first, Expression second) =>
        first is Compare { Operator: CompareOperator.GreaterOrEqual } low && second is Compare { Operator: CompareOperator.LessOrEqual } high
        && low.Register == high.Register && low.Value.Length == high.Value.Length
            ? new RangeMatch(low.Register, Inverted: false, low.Value, high.Value)
            : null;

    /// <summary>An expression with its name and fields in brackets.</summary>
    private static string LowLevel(Expression expression) => expression is DynamicSet dynamic
        ? $"[ {dynamic with { Expressions = null }} {string.Join(' ', (dynamic.Expressions ?? []).Select(LowLevel))} ]"
        : $"[ {expression} ]";

    private static string WithComment(string text, NetfilterRule rule) => rule.Comment is { } comment ? $"{text} comment \"{comment}\"" : text;
}
