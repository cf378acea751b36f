// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Legacy;

/// <summary>
/// Makes a table of the entries of IPT_SO_GET_ENTRIES. Entries follow each other; a chain begins at a hook's offset or at a target ERROR that
/// carries its name, and its last entry is its policy. Two walks, both forward only: the first finds the chains, the second decodes.
/// </summary>
internal sealed class LegacyTableDecoder(string table, LegacyTableInfo info, LegacyLayout layout, IXtDecoder decoder)
{
    private const int VerdictSize = 4;
    private const int ErrorNameSize = 30;
    private readonly Utf8Strings _strings = new();
    private readonly List<ChainStart> _starts = [];
    private readonly List<Expression> _expressions = [];
    private readonly Dictionary<int, VerdictExpression> _jumps = [];
    private readonly Dictionary<int, VerdictExpression> _gotos = [];

    /// <summary>Things that were not understood.</summary>
    public int Unknown { get; private set; }

    /// <summary>Decodes the table; null when the entries do not hold together.</summary>
    public NetfilterTable? Decode(ReadOnlySpan<byte> entries)
    {
        if (!FindChains(entries)) return null;
        var chains = new List<NetfilterChain>(_starts.Count);
        for (var i = 0; i < _starts.Count; i++)
        {
            if (DecodeChain(entries, _starts[i]) is not { } chain) return null;
            chains.Add(chain);
        }

        return new NetfilterTable { Backend = NetfilterBackend.Legacy, Family = layout.Family, Name = table, Chains = chains };
    }

    private static bool IsError(in LegacyEntry entry) => entry.Target.Name.SequenceEqual("ERROR"u8);

    private static string ErrorName(in LegacyEntry entry)
    {
        var name = entry.Target.Info[..ErrorNameSize];
        var end = name.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
    }

    /// <summary>Finds where chains begin and end. The table ends with an ERROR of its own, behind which nothing is.</summary>
    private bool FindChains(ReadOnlySpan<byte> entries)
    {
        var offset = 0;
        var last = -1;
        while (offset < entries.Length)
        {
            if (!LegacyEntry.TryRead(entries, offset, layout, out var entry)) return false;
            var hook = HookAt(offset);
            var isError = IsError(entry);
            if (hook >= 0 || isError)
            {
                Close(last);
                var head = isError ? offset + entry.Bytes.Length : offset;
                if (isError && entry.Target.Info.Length < ErrorNameSize) return false;
                if (head >= entries.Length) return isError;
                _starts.Add(new ChainStart(isError ? ErrorName(entry) : LegacyTables.ChainNames[hook], isError ? -1 : hook, head));
            }

            last = offset;
            offset += entry.Bytes.Length;
        }

        return false;
    }

    private void Close(int last)
    {
        if (_starts.Count == 0) return;
        var start = _starts[^1];
        start.Policy = last;
        if (start.Hook < 0)
        {
            _jumps[start.Offset] = new VerdictExpression(new Verdict(VerdictKind.Jump, start.Name));
            _gotos[start.Offset] = new VerdictExpression(new Verdict(VerdictKind.Goto, start.Name));
        }
    }

    private int HookAt(int offset)
    {
        for (var hook = 0; hook < LegacyTableInfo.Hooks; hook++)
        {
            if ((info.ValidHooks & (1u << hook)) != 0 && info.HookEntries[hook] == offset) return hook;
        }

        return -1;
    }

    private NetfilterChain? DecodeChain(ReadOnlySpan<byte> entries, ChainStart start)
    {
        // A user chain without even the closing rule, or a policy that is not where the kernel says.
        if (start.Policy < start.Offset || (start.Hook >= 0 && info.Underflows[start.Hook] != start.Policy)) return null;
        var rules = new List<NetfilterRule>();
        for (var offset = start.Offset; offset < start.Policy;)
        {
            if (!LegacyEntry.TryRead(entries, offset, layout, out var entry) || DecodeRule(entry, offset, (ulong)rules.Count + 1) is not { } rule) return null;
            rules.Add(rule);
            offset += entry.Bytes.Length;
        }

        if (start.Hook < 0) return new NetfilterChain { Name = start.Name, Rules = rules };
        if (!LegacyEntry.TryRead(entries, start.Policy, layout, out var policy) || PolicyOf(policy) is not { } decided) return null;
        return new NetfilterChain
        {
            Name = start.Name,
            Hook = LegacyTables.HookOf(start.Hook),
            Priority = LegacyTables.PriorityOf(table, start.Hook) ?? 0,
            Type = LegacyTables.TypeOf(table, start.Hook),
            Policy = decided,
            PolicyCounter = new RuleCounter(policy.Packets, policy.ByteCount),
            Rules = rules,
        };
    }

    private NetfilterRule? DecodeRule(in LegacyEntry entry, int offset, ulong number)
    {
        var expressions = _expressions;
        expressions.Clear();
        if (!LegacyHeaderDecoder.TryDecode(entry, out var header, out var isGoto))
        {
            Unknown++;
            expressions.Add(new UnknownExpression("ip", layout.Size));
        }
        else if (header is not null)
        {
            expressions.Add(header);
        }

        var rest = entry.Matches;
        string? comment = null;
        while (!rest.IsEmpty)
        {
            if (!LegacyExtension.Fits(rest)) return null;
            var match = new LegacyExtension(rest);
            var decoded = decoder.DecodeMatch(layout.Family, _strings.Get(match.Name), match.Revision, match.Info);
            if (decoded is XtUnknownMatch) Unknown++;
            if (decoded is XtComment text) comment ??= text.Comment;
            expressions.Add(decoded);
            rest = rest[match.Size..];
        }

        if (!TryTarget(entry, offset, isGoto, out var target)) return null;
        if (target is not null) expressions.Add(target);
        return new NetfilterRule { Handle = number, Comment = comment, Counter = new RuleCounter(entry.Packets, entry.ByteCount), Expressions = expressions.ToArray() };
    }

    /// <summary>The target; null when the rule has none, which the kernel keeps as a jump to the next rule.</summary>
    private bool TryTarget(in LegacyEntry entry, int offset, bool isGoto, out Expression? target)
    {
        var extension = entry.Target;
        target = null;
        if (extension.Name.IsEmpty) return extension.Info.Length >= VerdictSize && TryStandard(MemoryMarshal.Read<int>(extension.Info), offset + entry.Bytes.Length, isGoto, out target);
        target = decoder.DecodeTarget(layout.Family, _strings.Get(extension.Name), extension.Revision, extension.Info);
        if (target is XtUnknownTarget) Unknown++;
        return true;
    }

    private bool TryStandard(int verdict, int next, bool isGoto, out Expression? target)
    {
        target = null;
        // A goto to the next rule is a goto into a chain only when one begins there.
        if (verdict == next && !isGoto) return true;
        if (verdict >= 0)
        {
            var found = (isGoto ? _gotos : _jumps).TryGetValue(verdict, out var jump);
            target = jump;
            return found;
        }

        target = LegacyVerdicts.Of(verdict);
        if (target is VerdictExpression { Verdict.Kind: VerdictKind.Unknown }) Unknown++;
        return true;
    }

    private static NetfilterPolicy? PolicyOf(in LegacyEntry entry)
    {
        var target = entry.Target;
        if (!target.Name.IsEmpty || target.Info.Length < VerdictSize) return null;
        return MemoryMarshal.Read<int>(target.Info) switch { LegacyVerdicts.Accept => NetfilterPolicy.Accept, LegacyVerdicts.Drop => NetfilterPolicy.Drop, _ => null };
    }

    private sealed class ChainStart(string name, int hook, int offset)
    {
        public string Name { get; } = name;

        /// <summary>The hook of a built-in chain, or -1.</summary>
        public int Hook { get; } = hook;

        /// <summary>Offset of the first rule.</summary>
        public int Offset { get; } = offset;

        /// <summary>Offset of the last entry, which is the policy.</summary>
        public int Policy { get; set; } = -1;
    }
}
