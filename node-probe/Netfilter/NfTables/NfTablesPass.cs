// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>One reading of the whole ruleset. When a part fails, what was read before stays, and the gap is named.</summary>
internal sealed class NfTablesPass
{
    private readonly NfRequests _requests;
    private readonly NfTablesLimits _limits;
    private readonly NfContext _context;
    private readonly ExpressionDecoder _expressions;
    private readonly RulesetBuilder _ruleset = new();
    private readonly List<string> _gaps = [];
    private bool _incomplete;

    public NfTablesPass(NfRequests requests, IXtDecoder xtables, NfTablesLimits limits)
    {
        (_requests, _limits) = (requests, limits);
        _context = new NfContext(xtables);
        _expressions = new ExpressionDecoder(_context);
    }

    /// <summary>What was not read, in words.</summary>
    public IReadOnlyList<string> Gaps => _gaps;

    /// <summary>Attributes and records that were not understood.</summary>
    public int Unknown => _context.Unknown;

    /// <summary>Reads; a result that is not ok means that there is nothing to show.</summary>
    public NetlinkResult Run()
    {
        var tables = _requests.Dump(NfTablesTypes.GetTable, new TableDump(_context, _ruleset));
        if (!tables.IsOk) return tables;
        if (_ruleset.Tables.Count == 0) return default;
        var rules = new RuleDump(_expressions, _ruleset, _limits.Rules);
        var whole = Take("chains", _requests.Dump(NfTablesTypes.GetChain, new ChainDump(_context, _ruleset)))
            && Take("rules", _requests.Dump(NfTablesTypes.GetRule, rules))
            && Take("objects", _requests.Dump(NfTablesTypes.GetObject, new ObjectDump(_expressions, _ruleset)), since: "4.10")
            && Take("flow tables", _requests.Dump(NfTablesTypes.GetFlowTable, new FlowTableDump(_context, _ruleset)), since: "4.16")
            && Take("sets", _requests.Dump(NfTablesTypes.GetSet, new SetDump(_expressions, _ruleset)));
        if (rules.Cut) Gap($"nf_tables: only the first {_limits.Rules} rules");
        if (whole) ReadElements();
        return default;
    }

    public NetfilterTable[] Build() => _ruleset.Build(_incomplete);

    private bool Take(string what, NetlinkResult result, string? since = null)
    {
        if (result.IsOk || (since is not null && (result.IsRefusedWith(Errno.InvalidArgument) || result.IsRefusedWith(Errno.NotSupported)))) return true;
        Gap($"nf_tables: {what} and what follows: {result.Describe()}");
        return false;
    }

    private void Gap(string words)
    {
        _gaps.Add(words);
        _incomplete = true;
    }

    private void ReadElements()
    {
        var left = _limits.Elements;
        foreach (var table in _ruleset.Tables)
        {
            for (var i = 0; i < table.Sets.Count; i++)
            {
                var set = table.Sets[i];
                var dump = new ElementDump(_expressions, left);
                var result = _requests.Elements(table, set.Name, dump);
                var elements = dump.Build(set);
                left -= elements.Length;
                table.Sets[i] = set with { Elements = elements, Incomplete = dump.Cut || !result.IsOk };
                if (dump.Cut) _gaps.Add($"nf_tables: only the first {_limits.Elements} elements of sets");
                else if (!result.IsOk) _gaps.Add($"nf_tables: elements of {table.Name} {set.Name}: {result.Describe()}");
                if (!dump.Cut && result.Outcome is NetlinkOutcome.Ok or NetlinkOutcome.Refused) continue;
                MarkRest(table, i + 1);
                return;
            }
        }
    }

    /// <summary>No set from here on has been read.</summary>
    private void MarkRest(TableBuilder from, int index)
    {
        var reached = false;
        foreach (var table in _ruleset.Tables)
        {
            reached |= table == from;
            if (!reached) continue;
            for (var i = table == from ? index : 0; i < table.Sets.Count; i++) table.Sets[i] = table.Sets[i] with { Incomplete = true };
        }
    }
}
