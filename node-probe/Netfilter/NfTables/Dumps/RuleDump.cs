// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// NFTA_RULE_*: 1 table, 2 chain, 3 handle, 4 expressions, 5 compat, 6 position, 7 user data, 8 padding, 9 id, 10 position id, 11 chain id.
/// There may be very many, and those of a chain come together: names are looked up when they change.
/// </summary>
internal sealed class RuleDump(ExpressionDecoder expressions, RulesetBuilder ruleset, int limit) : DumpHandler(expressions.Context, NfTablesTypes.NewRule)
{
    private static readonly RuleCounter Zero = new(0, 0);

    private byte[] _lastNames = [];
    private NetfilterFamily _lastFamily;
    private ChainBuilder? _lastChain;

    /// <summary>Rules that came in.</summary>
    public int Count { get; private set; }

    /// <summary>There were more rules than the limit.</summary>
    public bool Cut { get; private set; }

    protected override void Forget()
    {
        foreach (var table in ruleset.Tables)
        {
            foreach (var chain in table.Chains) chain.Rules.Clear();
        }

        (_lastNames, _lastChain, Count, Cut) = ([], null, 0, false);
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 11);
        if (ChainOf(a[1], a[2]) is not { } chain) return false;
        if (Count == limit)
        {
            Cut = true;
            return true;
        }

        Context.Unknown += a.Unknown;
        var list = expressions.DecodeList(a[4]);
        chain.Rules.Add(new NetfilterRule
        {
            Handle = a.UInt64(3) ?? 0,
            Comment = a.Has(7) ? UserData.Text(a[7], UserData.Comment) : null,
            Counter = CounterOf(list),
            Expressions = list,
        });
        Count++;
        return !a.IsMalformed;
    }

    private static RuleCounter? CounterOf(Expression[] list)
    {
        foreach (var expression in list)
        {
            if (expression is CounterExpression counter) return counter.Packets == 0 && counter.Bytes == 0 ? Zero : new RuleCounter(counter.Packets, counter.Bytes);
        }

        return null;
    }

    private ChainBuilder? ChainOf(ReadOnlySpan<byte> table, ReadOnlySpan<byte> chain)
    {
        var last = _lastNames.AsSpan();
        if (_lastFamily == Context.Family && last.Length == table.Length + chain.Length && last.StartsWith(table) && last.EndsWith(chain)) return _lastChain;
        _lastChain = ruleset.Find(Context.Family, Context.Names.Get(table))?.FindChain(Context.Names.Get(chain));
        (_lastFamily, _lastNames) = (Context.Family, [.. table, .. chain]);
        return _lastChain;
    }
}
