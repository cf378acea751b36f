// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter.Evaluation.Running;

namespace KubeWgDiag.Diagnosis.Netfilter.Evaluation.Xtables;

/// <summary>Matches that depend on chance or on other packets: each time anew, and supposed both ways.</summary>
internal static class XtStatefulMatches
{
    private const uint Certain = 0x80000000;

    public static bool Matches(EvaluationRun run, Expression match) => match switch
    {
        XtStatistic statistic => Statistic(run, statistic),
        XtLimit => run.IsBelowLimit(match, "how many packets came before"),
        XtHashlimit limit => run.IsBelowLimit(match, "how many packets came before") != limit.Inverted,
        XtQuota quota => run.IsBelowLimit(match, "how many bytes came before") != quota.Inverted,
        XtConnlimit connections => run.IsBelowLimit(match, "how many connections there are") == connections.Inverted,
        XtRecent recent => Recent(run, recent),
        _ => true,
    };

    private static bool Statistic(EvaluationRun run, XtStatistic statistic)
    {
        if (statistic is { Random: true, Probability: 0 }) return statistic.Inverted;
        if (statistic is { Random: true, Probability: >= Certain } or { Random: false, Every: <= 1 }) return !statistic.Inverted;
        return run.Explorer.Choose(2, run.Undecided(statistic, statistic.Random ? "chance" : "how many packets came before")) == 0;
    }

    /// <summary>Noting an address always matches; asking for one depends on what was noted.</summary>
    private static bool Recent(EvaluationRun run, XtRecent recent)
    {
        const byte set = 2;
        if ((recent.Operation & set) != 0) return !recent.Inverted;
        return run.Explorer.Choose(2, run.Undecided(recent, "which addresses were seen before")) == 0;
    }
}
