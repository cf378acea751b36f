// SPDX-License-Identifier: Apache-2.0

using System.Collections.Frozen;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>Decodes the attributes of one kind of expression; null when they were not understood.</summary>
internal delegate Expression? ExpressionDecode(ReadOnlySpan<byte> data, ExpressionDecoder decoder);

/// <summary>Decodes expressions and lists of them. What is not known becomes <see cref="UnknownExpression"/> and is counted; nothing is left out.</summary>
internal sealed class ExpressionDecoder(NfContext context)
{
    private const int AttributeName = 1;
    private const int AttributeData = 2;

    /// <summary>NFT_RULE_MAXEXPRS is 128.</summary>
    private const int MaxExpressions = 256;

    /// <summary>Expressions hold others (dynset, inner) one level deep.</summary>
    private const int MaxDepth = 3;

    private static readonly FrozenDictionary<string, ExpressionDecode> Known = new[]
        {
            LoadDecoders.All, MatchDecoders.All, ComputationDecoders.All, StatefulDecoders.All, ActionDecoders.All, NatDecoders.All, TunnelDecoders.All,
            CompatDecoders.All,
        }
        .SelectMany(group => group)
        .ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ExpressionCache _cache = new();
    private readonly Expression[] _scratch = new Expression[MaxExpressions];
    private int _depth;

    public NfContext Context { get; } = context;

    /// <summary>Decodes a list of expressions (NFTA_RULE_EXPRESSIONS and the like) into an array of its exact size.</summary>
    public Expression[] DecodeList(ReadOnlySpan<byte> list)
    {
        // A list inside of a list must not write over the scratch of the outer one.
        Span<Expression> expressions = _depth == 0 ? _scratch : new Expression[16];
        var count = 0;
        var reader = new NetlinkAttributeReader(list);
        while (reader.TryRead(out var attribute))
        {
            if (attribute.Type == NfTablesTypes.ListElement && count < expressions.Length) expressions[count++] = Decode(attribute.Payload);
            else Context.Unknown++;
        }

        if (reader.IsMalformed) Context.Unknown++;
        if (reader.IsMalformed && count < expressions.Length) expressions[count++] = new UnknownExpression("malformed", list.Length);
        return count == 0 ? [] : expressions[..count].ToArray();
    }

    /// <summary>Decodes one expression (NFTA_EXPR_NAME, NFTA_EXPR_DATA).</summary>
    public Expression Decode(ReadOnlySpan<byte> expression)
    {
        var slot = ExpressionCache.SlotOf(Context.Family, expression);
        if (slot >= 0 && _cache.Find(slot, Context.Family, expression) is { } known) return known;
        var decoded = DecodeAnew(expression);
        if (slot >= 0 && decoded is not UnknownExpression) _cache.Put(slot, Context.Family, expression, decoded);
        return decoded;
    }

    private Expression DecodeAnew(ReadOnlySpan<byte> expression)
    {
        var attributes = new NfAttributes(expression, AttributeData);
        var name = Context.Names.Get(attributes[AttributeName], maxLength: 32) ?? "unnamed";
        var data = attributes[AttributeData];
        if (attributes.IsWhole && _depth < MaxDepth && Known.TryGetValue(name, out var decode))
        {
            _depth++;
            var decoded = decode(data, this);
            _depth--;
            if (decoded is not null) return decoded;
        }

        Context.Unknown++;
        return new UnknownExpression(name, data.Length);
    }
}
