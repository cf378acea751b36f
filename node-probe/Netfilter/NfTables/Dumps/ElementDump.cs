// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// The elements of one set. NFTA_SET_ELEM_LIST_*: 1 table, 2 set, 3 elements, 4 id. NFTA_SET_ELEM_*: 1 key, 2 data, 3 flags, 4 timeout,
/// 5 expiration, 6 user data, 7 one statement, 8 padding, 9 object, 10 last key, 11 statements.
/// </summary>
/// <param name="limit">The most elements that are kept.</param>
internal sealed class ElementDump(ExpressionDecoder expressions, int limit) : DumpHandler(expressions.Context, NfTablesTypes.NewElement)
{
    private const uint FlagIntervalEnd = 1;
    private const uint FlagCatchAll = 2;
    private readonly List<SetElement> _elements = [];
    private readonly List<HexBytes> _ends = [];

    /// <summary>There were more elements than the limit.</summary>
    public bool Cut { get; private set; }

    /// <summary>The elements, of an interval set with both of their ends.</summary>
    public SetElement[] Build(NetfilterSet set) =>
        set.Interval && (_ends.Count > 0 || set.FieldLengths.Count == 0) ? IntervalAssembler.Assemble(_elements, _ends, Context.Bytes) : [.. _elements];

    protected override void Forget()
    {
        _elements.Clear();
        _ends.Clear();
        Cut = false;
    }

    protected override bool TryTake(ReadOnlySpan<byte> attributes)
    {
        var a = new NfAttributes(attributes, 4);
        var reader = new NetlinkAttributeReader(a[3]);
        while (reader.TryRead(out var element))
        {
            if (element.Type != NfTablesTypes.ListElement || !TryTakeElement(element.Payload)) Context.Unknown++;
        }

        Context.Unknown += a.Unknown;
        return !a.IsMalformed && !reader.IsMalformed;
    }

    private bool TryTakeElement(ReadOnlySpan<byte> payload)
    {
        var a = new NfAttributes(payload, 11);
        var flags = a.UInt32(3) ?? 0;
        var hasKey = a.TryValue(1, out var key);
        if (!a.IsWhole || (!hasKey && (flags & FlagCatchAll) == 0)) return false;
        if (_elements.Count + _ends.Count >= limit)
        {
            Cut = true;
            return true;
        }

        if ((flags & FlagIntervalEnd) != 0) _ends.Add(Context.Bytes.Store(key));
        else _elements.Add(Decode(a, hasKey ? Context.Bytes.Store(key) : default, (flags & FlagCatchAll) != 0));
        return true;
    }

    private SetElement Decode(NfAttributes a, HexBytes key, bool catchAll)
    {
        var statements = a.Has(11) ? expressions.DecodeList(a[11]) : a.Has(7) ? [expressions.Decode(a[7])] : null;
        return new SetElement
        {
            Key = key,
            KeyEnd = a.TryValue(10, out var last) && !last.SequenceEqual(key.Span) ? Context.Bytes.Store(last) : null,
            CatchAll = catchAll,
            Data = a.TryValue(2, out var data) ? Context.Bytes.Store(data) : null,
            Verdict = a.Has(2) ? VerdictDecoder.Decode(a[2], Context) : null,
            ObjectName = a.Has(9) ? Context.Names.Get(a[9]) : null,
            ExpiresInMs = a.UInt64(5),
            TimeoutMs = a.UInt64(4),
            Comment = a.Has(6) ? UserData.Text(a[6], UserData.Comment) : null,
            Statements = statements,
            Counter = CounterOf(statements),
        };
    }

    private static RuleCounter? CounterOf(Expression[]? statements)
    {
        foreach (var statement in statements ?? [])
        {
            if (statement is CounterExpression counter) return new RuleCounter(counter.Packets, counter.Bytes);
        }

        return null;
    }
}
