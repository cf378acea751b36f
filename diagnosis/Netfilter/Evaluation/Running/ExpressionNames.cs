// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Loads;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Names of expressions for people, near to what nft and iptables write.</summary>
internal static class ExpressionNames
{
    public static string Of(Expression expression) => expression switch
    {
        MetaLoad meta => $"meta {((MetaKey)meta.Key).ToString().ToLowerInvariant()}",
        ConntrackLoad conntrack => $"ct {((ConntrackKey)conntrack.Key).ToString().ToLowerInvariant()}",
        PayloadLoad payload => $"payload {payload.Base.ToString().ToLowerInvariant()} {payload.Offset} {payload.Length}",
        FibLoad fib => $"fib {((fib.Flags & 2) != 0 ? "daddr" : "saddr")} {fib.Result switch { 1 => "oif", 2 => "oifname", _ => "type" }}",
        Lookup lookup => $"lookup @{lookup.Set}",
        NumberGenerator generator => $"numgen {(generator.Random ? "random" : "inc")} mod {generator.Modulus}",
        UnknownExpression unknown => unknown.Name,
        XtUnknownMatch match => $"match {match.Name} rev {match.Revision}",
        XtUnknownTarget target => $"target {target.Name} rev {target.Revision}",
        XtStatistic statistic => statistic.Random ? "statistic random" : "statistic nth",
        XtSet set => $"set {set.Name ?? set.Index.ToString()}",
        _ => Short(expression.GetType().Name),
    };

    private static string Short(string type)
    {
        var name = type.EndsWith("Expression", StringComparison.Ordinal) ? type[..^10] : type.EndsWith("Load", StringComparison.Ordinal) ? type[..^4] : type;
        return (name.StartsWith("Xt", StringComparison.Ordinal) ? name[2..] : name).ToLowerInvariant();
    }
}
