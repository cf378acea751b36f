// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Runs a hook: its steps in order, until one does not accept.</summary>
internal static class HookRunner
{
    public static HookResult Run(EvaluationRun run, NetfilterHook hook, NetfilterFamily family)
    {
        (run.Hook, run.Family) = (hook, family);
        var plan = run.Ruleset.Plan(family, hook);
        var chains = new List<ChainResult>();
        var rerouting = false;
        foreach (var step in plan.Steps)
        {
            var own = family == NetfilterFamily.Netdev ? OfDevice(step.Chains, hook == NetfilterHook.Egress ? run.Output?.Name : run.Input?.Name) : step.Chains;
            if (own.Length == 0 && step.Kind == HookStepKind.Chains) continue;
            switch (step.Kind)
            {
                case HookStepKind.Conntrack:
                    run.State.Conntrack.Track(run.State);
                    break;
                case HookStepKind.Nat:
                    NatHook.Run(run, step, chains);
                    break;
                default:
                    var before = run.State.Changes;
                    TiedChains.Run(run, own, chains);
                    rerouting |= run.State.Changes != before && step.Chains.Any(chain => chain.Reroutes);
                    break;
            }

            if (chains.Count > 0 && chains[^1].Kind != VerdictKind.Accept) break;
        }

        var last = chains.Count > 0 ? chains[^1] : (ChainResult?)null;
        return new HookResult(hook, last?.Kind ?? VerdictKind.Accept, last, chains, rerouting);
    }

    // Chains of family netdev belong to devices; a name that ends in * stands for all that begin so.
    private static ChainIndex[] OfDevice(ChainIndex[] chains, string? device) => device is null ? [] : [.. chains.Where(chain =>
        (chain.Chain.Devices ?? []).Any(name => name.EndsWith('*') ? device.StartsWith(name[..^1], StringComparison.Ordinal) : name == device))];
}

/// <summary>What a hook says.</summary>
/// <param name="Hook">Hook.</param>
/// <param name="Kind">Accept, or what ended it.</param>
/// <param name="Last">The base chain that was last; null when there was none.</param>
/// <param name="Chains">All base chains that looked at the packet.</param>
/// <param name="Rerouting">A chain that has the packet routed again changed something.</param>
internal sealed record HookResult(NetfilterHook Hook, VerdictKind Kind, ChainResult? Last, List<ChainResult> Chains, bool Rerouting)
{
    public FilterVerdict Verdict => Last?.Verdict ?? (Kind == VerdictKind.Unknown ? FilterVerdict.Undetermined : FilterVerdict.Accepted);

    public HookOutcome ToOutcome() => new(Hook, Verdict, [.. Chains.Select(chain => new ChainOutcome(chain.Verdict, chain.Decision))]);
}
