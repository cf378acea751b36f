// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Netfilter.NfTables;

/// <summary>
/// Reads the nf_tables ruleset of a network namespace. Its parts come by several dumps, and any of them can change in between: the
/// generation is asked before and after, and on a change all is read again, a few times.
/// </summary>
/// <param name="xtables">Decodes the binary forms of iptables-nft rules.</param>
/// <param name="limits">How much is kept.</param>
internal sealed class NfTablesReader(IXtDecoder xtables, NfTablesLimits? limits = null)
{
    private readonly NfTablesLimits _limits = limits ?? new NfTablesLimits();

    public Reading<NetfilterFact> Read(NetlinkConnection connection, Deadline deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            var requests = new NfRequests(connection, deadline);
            var before = deadline.Remaining;
            var asked = requests.Generation(out var generation);
            if (!asked.IsOk) return NoGeneration(asked);
            var pass = new NfTablesPass(requests, xtables, _limits);
            if (pass.Run() is { IsOk: false } failure) return Reading<NetfilterFact>.None(failure);

            var changed = requests.Generation(out var after).IsOk && after != generation;
            var timeForAnother = deadline.Remaining > before - deadline.Remaining;
            if (changed && attempt < _limits.Attempts && timeForAnother) continue;
            var fact = new NetfilterFact { Generation = generation, GenerationChanged = changed, Tables = pass.Build(), Gaps = [.. pass.Gaps] };
            return Reading<NetfilterFact>.Of(
                fact, requests.Interrupted, pass.Unknown, pass.Gaps.Count == 0 ? null : string.Join("; ", pass.Gaps));
        }
    }

    // A kernel without nf_tables does not know the subsystem, which nfnetlink answers with EINVAL; its request for the generation has no other reason for it.
    private static Reading<NetfilterFact> NoGeneration(NetlinkResult result) =>
        result.IsRefusedWith(Errno.InvalidArgument) || result.IsRefusedWith(Errno.NotSupported)
            ? Reading<NetfilterFact>.None(NotAvailableReason.NotPresent, "the kernel has no nf_tables")
            : Reading<NetfilterFact>.None(result);
}

/// <summary>How much of a ruleset is kept, so that the memory of the probe stays bounded.</summary>
internal sealed record NfTablesLimits
{
    /// <summary>The most rules: several times what kube-proxy makes for ten thousand services.</summary>
    public int Rules { get; init; } = 100_000;

    /// <summary>The most elements of all sets together.</summary>
    public int Elements { get; init; } = 100_000;

    /// <summary>How often a ruleset that changes is read before its last state is taken with a flag.</summary>
    public int Attempts { get; init; } = 3;
}
