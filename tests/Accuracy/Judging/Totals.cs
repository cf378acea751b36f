// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Accuracy.Judging;

/// <summary>The numbers of a whole run. Runs that prove nothing count nowhere but in <see cref="Errors"/>.</summary>
public sealed record Totals
{
    public required int Faults { get; init; }

    public required int FaultsFirst { get; init; }

    public required int Healthy { get; init; }

    public required int HealthyQuiet { get; init; }

    public required int Pairs { get; init; }

    public required int PairsBoth { get; init; }

    public required int Errors { get; init; }

    /// <summary>Expected codes that were among the root causes, of all expected codes.</summary>
    public required double Recall { get; init; }

    /// <summary>Root causes of Warning or worse that were expected or true, of all of them.</summary>
    public required double Precision { get; init; }

    public double TopOne => Ratio(FaultsFirst, Faults);

    public int FalseAlarms => Healthy - HealthyQuiet;

    public double PairRate => Ratio(PairsBoth, Pairs);

    public static Totals Of(IReadOnlyList<Verdict> verdicts)
    {
        var counted = verdicts.Where(v => v.Outcome != Outcome.ScenarioError).ToList();
        var faults = counted.Where(v => v.Kind == "fault").ToList();
        var healthy = counted.Where(v => v.Kind == "healthy").ToList();
        var pairs = counted.Where(v => v.Kind == "pair").ToList();
        var broken = faults.Concat(pairs).ToList();
        var expected = broken.Sum(v => v.Expected.Count);
        var hit = broken.Sum(v => v.Hits);
        var wrong = counted.Sum(v => v.False.Count);
        return new Totals
        {
            Faults = faults.Count,
            FaultsFirst = faults.Count(v => v.Outcome == Outcome.Right),
            Healthy = healthy.Count,
            HealthyQuiet = healthy.Count(v => v.Outcome == Outcome.Right),
            Pairs = pairs.Count,
            PairsBoth = pairs.Count(v => v.Outcome == Outcome.Right),
            Errors = verdicts.Count - counted.Count,
            Recall = Ratio(hit, expected),
            Precision = Ratio(hit, hit + wrong),
        };
    }

    private static double Ratio(int part, int whole) => whole == 0 ? 1 : (double)part / whole;
}
