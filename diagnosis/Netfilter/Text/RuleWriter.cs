// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Follows the registers through one rule and collects the pieces of its text.</summary>
internal sealed class RuleWriter
{
    private const int SlotCount = 16;
    private readonly NetfilterTable _table;
    private readonly Func<Expression, string?>? _xtables;
    private readonly ProtocolContext _context;
    private readonly Operand?[] _slots = new Operand?[SlotCount];
    private readonly List<TextItem> _items = [];
    private readonly SetText _sets;
    private readonly MatchText _matches;
    private readonly ActionText _actions;

    public RuleWriter(NetfilterTable table, Func<Expression, string?>? xtables, Func<uint, string?>? linkName)
    {
        (_table, _xtables) = (table, xtables);
        _context = new ProtocolContext(table.Family);
        _sets = new SetText(linkName);
        _matches = new MatchText(_context, _sets, linkName);
        _actions = new ActionText(table.Family, _context, _matches, At, linkName);
    }

    public string Text => string.Join(' ', _items.Where(item => !item.Removed).Select(item => item.Text));

    /// <summary>Takes the next expression; false when there is no text for it.</summary>
    public bool Write(Expression expression) => expression switch
    {
        PayloadLoad load => Load(load.Register, PayloadText.Load(load, _context)),
        ExtensionHeader load => Load(load.Register, ExtensionHeaderText.Load(load)),
        MetaLoad load => Load(load.Register, LoadText.Meta(load.Key)),
        ConntrackLoad load => Load(load.Register, LoadText.Conntrack(load.Key, load.Direction, _table.Family)),
        RouteLoad load => Load(load.Register, LoadText.Route(load.Key)),
        FibLoad load => Load(load.Register, LoadText.Fib(load)),
        SocketLoad load => Load(load.Register, LoadText.Socket(load)),
        NumberGenerator load => Load(load.Register, LoadText.Number(load)),
        XfrmLoad load => Load(load.Register, LoadText.Xfrm(load)),
        OsfLoad load => Load(load.Register, LoadText.Osf(load)),
        HashLoad hash => Hash(hash),
        Immediate constant => Load(constant.Register, new Operand(string.Empty, DataType.Integer, constant.Value.Length * 8) { Constant = constant.Value }),
        Bitwise bitwise => Mask(bitwise),
        BitwiseShift shift => Shift(shift),
        ByteOrder order => At(order.Source) is { } source && Load(order.Destination, source with { HostOrder = !order.ToNetwork }),
        Compare compare => At(compare.Register) is { Constant: null } left && Add(_matches.Compare(left, compare.Operator, compare.Value.Span)),
        RangeMatch range => At(range.Register) is { Constant: null } left && Add([_matches.Range(FieldOf(left), range)]),
        Lookup lookup => Look(lookup),
        DynamicSet dynamic => Update(dynamic),
        ObjectReference { Set: { } set, Register: { } register } reference => ReferToMap(reference, set, register),
        _ when (_actions.Of(expression) ?? _xtables?.Invoke(expression)) is { } text => Add([new TextItem(text)]),
        _ => false,
    };

    private Operand? At(int slot) => slot is >= 0 and < SlotCount ? _slots[slot] : null;

    private bool Load(int slot, Operand? operand)
    {
        if (operand is null || slot is < 0 or >= SlotCount) return false;
        _slots[slot] = operand;
        return true;
    }

    private bool Add(IReadOnlyList<TextItem> items)
    {
        _items.AddRange(items);
        return true;
    }

    private bool Hash(HashLoad hash)
    {
        if (hash.Symmetric) return Load(hash.Register, LoadText.Hash(hash, source: null));
        var parts = hash.Source is { } source ? Parts(source, hash.Length) : [];
        if (parts.Count == 0) return false;
        foreach (var part in parts) _matches.Kill(part);
        return Load(hash.Register, LoadText.Hash(hash, Concatenated(parts)));
    }

    private bool Mask(Bitwise bitwise)
    {
        if (At(bitwise.Source) is not { Constant: null } source) return false;
        // Twice on the same register: the second works on what the first gave.
        var inner = source.Bitwise is null ? source : source with { Text = MatchText.Computed(source.Source!, source.Bitwise), Bitwise = null };
        return Load(bitwise.Destination, inner with { Source = inner, Bitwise = bitwise, Decides = null });
    }

    // Fields of less than a byte are masked and moved to the right end before they are looked up.
    private bool Shift(BitwiseShift shift)
    {
        if (At(shift.Source) is not { } source) return false;
        if (!shift.Left && source is { Bitwise: { } bitwise, Source: { } bytes } && PayloadText.Masked(bytes, bitwise.Mask.Span) is var (field, by) && by == shift.Bits)
            return Load(shift.Destination, field);
        var text = source.Bitwise is null ? source.Text : MatchText.Computed(source.Source!, source.Bitwise);
        return Load(shift.Destination, source with { Text = $"{text} {(shift.Left ? "<<" : ">>")} {shift.Bits}", Bitwise = null });
    }

    private bool Look(Lookup lookup)
    {
        if (FindSet(lookup.Set) is not { } set) return false;
        var parts = Parts(lookup.Register, set.KeyLength);
        if (parts.Count == 0) return false;
        foreach (var part in parts) _matches.Kill(part);
        var key = Concatenated(parts);
        var elements = _sets.Of(set, parts);
        if (lookup.VerdictMap) return Add([new TextItem($"{key} vmap {elements}")]);
        if (lookup.Destination is not { } slot) return Add([new TextItem($"{key} {(lookup.Inverted ? "!= " : "")}{elements}")]);
        var types = DataTypes.Unpack(set.DataType);
        var type = types.Count > 0 ? types[0] : DataType.Integer;
        return Load(slot, new Operand($"{key} map {elements}", type, set.DataLength * 8) { HostOrder = DataTypes.IsHostOrder(type), Parts = types });
    }

    private bool Update(DynamicSet dynamic)
    {
        var length = FindSet(dynamic.Set)?.KeyLength ?? 0;
        var parts = Parts(dynamic.KeyRegister, length);
        if (parts.Count == 0) return false;
        foreach (var part in parts) _matches.Kill(part);
        var text = Concatenated(parts);
        if (dynamic.TimeoutMs > 0) text += $" timeout {ValueText.Duration(dynamic.TimeoutMs)}";
        foreach (var statement in dynamic.Expressions ?? [])
        {
            if (ActionText.Stateless(statement) is not { } written) return false;
            text += " " + written;
        }

        if (dynamic.DataRegister is { } register)
        {
            var set = FindSet(dynamic.Set);
            if (At(register) is not { } data || set is null) return false;
            var type = DataTypes.Unpack(set.DataType).FirstOrDefault(DataType.Integer);
            text += " : " + (data.Constant is { } constant
                ? _matches.Value(new Operand(string.Empty, type, 0) { HostOrder = DataTypes.IsHostOrder(type) }, constant.Span)
                : _actions.Used(data));
        }

        var operation = dynamic.Operation switch { 0 => "add", 1 => "update", _ => "delete" };
        return Add([new TextItem($"{operation} @{dynamic.Set} {{ {text} }}")]);
    }

    private bool ReferToMap(ObjectReference reference, string name, int register)
    {
        if (FindSet(name) is not { } set || ActionText.ObjectKind(set.ObjectType == 0 ? reference.ObjectType : set.ObjectType) is not { } kind) return false;
        var parts = Parts(register, set.KeyLength);
        if (parts.Count == 0) return false;
        foreach (var part in parts) _matches.Kill(part);
        return Add([new TextItem($"{kind} {Concatenated(parts)} map {_sets.Of(set, parts)}")]);
    }

    private NetfilterSet? FindSet(string name)
    {
        foreach (var set in _table.Sets)
        {
            if (set.Name == name) return set;
        }

        return null;
    }

    /// <summary>The parts of a key of a length from a slot on: every part has slots of its own.</summary>
    private List<Operand> Parts(int slot, int length)
    {
        var parts = new List<Operand>();
        for (var left = length; left > 0;)
        {
            if (At(slot) is not { Bits: > 0 } part) return [];
            parts.Add(FieldOf(part));
            var slots = (part.Bytes + 3) / 4;
            slot += slots;
            left -= slots * 4;
        }

        return parts;
    }

    /// <summary>A field of less than a byte, where the part is such a one under its mask.</summary>
    private static Operand FieldOf(Operand part) =>
        part is { Bitwise: { } bitwise, Source: { } bytes } && !DataTypes.IsBitmask(part.Type) && PayloadText.Masked(bytes, bitwise.Mask.Span) is var (field, shift)
            ? field with { Shift = shift, Bits = part.Bits }
            : part;

    private string Concatenated(List<Operand> parts) => string.Join(" . ", parts.Select(_actions.Used));
}
