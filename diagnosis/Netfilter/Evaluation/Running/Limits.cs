// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

/// <summary>Expressions that depend on other packets: supposed both ways, or as the options say.</summary>
internal static class Limits
{
    public static Step Run(EvaluationRun run, Expression limit) => limit switch
    {
        LimitExpression rate => Step.Match(run.IsBelowLimit(rate, "how many packets came before") != rate.Inverted),
        // A quota is told with what was used of it, and never gets smaller by itself.
        QuotaExpression quota when quota.Consumed >= quota.Bytes => Step.Match(quota.Inverted),
        QuotaExpression quota => Step.Match(run.IsBelowLimit(quota, "how many bytes came before") != quota.Inverted),
        ConnectionLimit connections => Step.Match(run.IsBelowLimit(connections, "how many connections there are") != connections.Inverted),
        _ => Step.Continue,
    };
}
