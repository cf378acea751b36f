// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Chaos.Planning;

/// <summary>Draws the diagnoses of a chaos run. Equal options, equal plans.</summary>
internal static class ChaosPlanner
{
    /// <summary>How often each kind is drawn, of a hundred.</summary>
    private static readonly (DiagnosisKind Kind, int Weight)[] Weights =
    [
        (DiagnosisKind.Once, 38), (DiagnosisKind.Changed, 18), (DiagnosisKind.Suspended, 12), (DiagnosisKind.Deleted, 16), (DiagnosisKind.Expiring, 8), (DiagnosisKind.Refused, 8),
    ];

    /// <summary>Repeated ones take longest and come first; there is one for every this many.</summary>
    private const int RunsPerRepeated = 12;

    public static IReadOnlyList<DiagnosisPlan> Draw(ChaosOptions options)
    {
        var dice = new Random(options.Seed);
        var meshes = KnownMesh.All();
        var repeated = Math.Max(1, options.Runs / RunsPerRepeated);
        return [.. Enumerable.Range(0, options.Runs).Select(i => Draw(i, i < repeated ? Repeated(i, options) : KindOf(i - repeated, dice), meshes, dice))];
    }

    private static DiagnosisPlan Draw(int number, DiagnosisKind kind, IReadOnlyList<KnownMesh> meshes, Random dice) => new(
        string.Create(CultureInfo.InvariantCulture, $"chaos-{number:000}-{kind}").ToLowerInvariant(),
        kind,
        meshes[dice.Next(meshes.Count)],
        meshes[dice.Next(meshes.Count)],
        TimeSpan.FromMilliseconds(dice.Next(50, 4000)));

    private static DiagnosisKind Repeated(int number, ChaosOptions options) =>
        options.Schedules && number % 2 == 1 ? DiagnosisKind.Scheduled : DiagnosisKind.Interval;

    private static DiagnosisKind KindOf(int number, Random dice)
    {
        // Each kind once, so that a small run has them all; then by chance.
        if (number < Weights.Length) return Weights[number].Kind;
        var mark = dice.Next(Weights.Sum(kind => kind.Weight));
        foreach (var (kind, weight) in Weights)
        {
            mark -= weight;
            if (mark < 0) return kind;
        }

        throw new InvalidOperationException("the weights do not add up");
    }
}
