// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Rules of legacy tables, and the xtables parts of nf_tables rules, in the words of <c>iptables-save</c> (1.8).</summary>
public static class XtRuleText
{
    /// <summary>The rule as <c>iptables-save</c> prints it: <c>-A CHAIN ... -j TARGET</c>.</summary>
    public static string Rule(NetfilterFamily family, string chain, NetfilterRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var text = new StringBuilder("-A ").Append(chain);
        foreach (var expression in rule.Expressions) Append(text, family, expression);
        return text.ToString();
    }

    /// <summary>A table as <c>iptables-save</c> prints it, with the packet and byte counters of <c>-c</c> when they are wanted.</summary>
    public static IEnumerable<string> Table(NetfilterTable table, bool counters = false)
    {
        ArgumentNullException.ThrowIfNull(table);
        yield return "*" + table.Name;
        foreach (var chain in table.Chains)
        {
            var policy = chain.Policy switch { NetfilterPolicy.Accept => "ACCEPT", NetfilterPolicy.Drop => "DROP", _ => "-" };
            yield return $":{chain.Name} {policy} [{chain.PolicyCounter?.Packets ?? 0}:{chain.PolicyCounter?.Bytes ?? 0}]";
        }

        foreach (var chain in table.Chains)
        {
            foreach (var rule in chain.Rules)
            {
                var text = Rule(table.Family, chain.Name, rule);
                yield return counters ? $"[{rule.Counter?.Packets ?? 0}:{rule.Counter?.Bytes ?? 0}] {text}" : text;
            }
        }

        yield return "COMMIT";
    }

    /// <summary>One expression: <c>-m NAME ...</c>, <c>-j NAME ...</c> or the options of the IP header; null when it is none of xtables.</summary>
    public static string? Expression(NetfilterFamily family, Expression expression)
    {
        var text = new StringBuilder();
        return Append(text, family, expression) ? text.ToString().TrimStart() : null;
    }

    private static bool Append(StringBuilder text, NetfilterFamily family, Expression expression)
    {
        switch (expression)
        {
            case XtHeaderMatch header:
                XtHeaderText.Append(text, header);
                return true;
            case VerdictExpression verdict:
                return AppendVerdict(text, verdict.Verdict);
            case XtUnknownMatch unknown:
                text.Append(" -m ").Append(unknown.Name).Append($" /* revision {unknown.Revision}, {unknown.Info.Length} bytes */");
                return true;
            case XtUnknownTarget unknown:
                text.Append(" -j ").Append(unknown.Name).Append($" /* revision {unknown.Revision}, {unknown.Info.Length} bytes */");
                return true;
            default:
                return XtTransportText.Append(text, expression) || XtConnectionText.Append(text, expression) || XtAddressText.Append(text, expression)
                    || XtPacketText.Append(text, expression) || XtStatefulText.Append(text, expression) || XtIpv6Text.Append(text, expression)
                    || XtSocketText.Append(text, expression) || XtTargetText.Append(text, expression) || XtNatText.Append(text, family, expression);
        }
    }

    private static bool AppendVerdict(StringBuilder text, Verdict verdict)
    {
        var word = verdict.Kind switch
        {
            VerdictKind.Accept => " -j ACCEPT",
            VerdictKind.Drop => " -j DROP",
            VerdictKind.Queue => " -j QUEUE",
            VerdictKind.Return => " -j RETURN",
            VerdictKind.Jump => " -j " + verdict.Chain,
            VerdictKind.Goto => " -g " + verdict.Chain,
            _ => null,
        };
        text.Append(word);
        return word is not null;
    }
}
