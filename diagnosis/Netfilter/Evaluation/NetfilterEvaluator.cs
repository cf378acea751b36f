// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Exploration;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Ruleset;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;
using KubeWgDiag.Diagnosis.Netfilter.Evaluation.State;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation;

/// <summary>
/// Says what the packet filters of a namespace do with a packet, by the kernel's rules (net/netfilter). What cannot be decided is tried
/// every way: the outcome is undetermined only when it depends on it. Not for use by several threads at once.
/// </summary>
public sealed class NetfilterEvaluator
{
    private readonly RulesetIndex _ruleset;
    private readonly IPacketEnvironment _environment;
    private readonly EvaluationOptions _options;

    public NetfilterEvaluator(NetfilterFact fact, IPacketEnvironment? environment = null, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(fact);
        _ruleset = new RulesetIndex(fact);
        _environment = environment ?? UnknownEnvironment.Instance;
        _options = options ?? EvaluationOptions.Default;
    }

    /// <summary>The packet's way through the IP stack; after a rewrite of its destination the environment is asked for the new route.</summary>
    public FilterResult Evaluate(FilterPacket packet, PacketPath path) => Explore(packet, runner => runner.Run(path));

    /// <summary>One hook alone, for callers that route by themselves. Family: by default the packet's own; bridge or netdev when asked.</summary>
    public FilterResult EvaluateHook(FilterPacket packet, NetfilterHook hook, NetfilterFamily? family = null)
    {
        ArgumentNullException.ThrowIfNull(packet);
        return Explore(packet, runner => runner.RunHook(hook, family ?? RulesetIndex.FamilyOf(packet.Family)));
    }

    private FilterResult Explore(FilterPacket packet, Action<PathRunner> walk)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var explorer = new Explorer();
        var collector = new OutcomeCollector(_options);
        long rules = 0;
        UndecidedExpression? turned = null;
        do
        {
            if (collector.Paths >= _options.MaxPaths || rules >= _options.MaxRules)
            {
                collector.GiveUp(turned, $"more than {collector.Paths} ways through the rules");
                break;
            }

            var run = new EvaluationRun(_ruleset, _environment, _options, explorer) { State = new PacketState(packet), Budget = _options.MaxRules - rules };
            var runner = new PathRunner(run);
            walk(runner);
            rules += run.Rules;
            collector.Add(run, runner, turned);
        }
        while (explorer.Advance(out turned));

        return collector.ToResult(rules);
    }
}
