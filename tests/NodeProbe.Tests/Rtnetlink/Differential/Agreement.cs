// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>
/// Holds our records against those of the tool, which was asked before and after us: what it said both times we must say, and what we say it
/// must have said at one of the times. The kernel changes things by itself (duplicate address detection, neighbour states).
/// </summary>
internal static class Agreement
{
    private const int ToleranceSeconds = 3;

    public static void Check(IReadOnlyList<Fields> before, IReadOnlyList<Fields> ours, IReadOnlyList<Fields> after, int atLeast)
    {
        var stable = before.Select(record => record.Line).Intersect(after.Select(record => record.Line), StringComparer.Ordinal).ToList();
        stable.Count.ShouldBeGreaterThanOrEqualTo(atLeast, "the tool says too little for a test");
        var lines = ours.Select(record => record.Line).ToList();
        var missing = stable.Except(lines, StringComparer.Ordinal).ToList();
        var invented = lines.Except(before.Concat(after).Select(record => record.Line), StringComparer.Ordinal).ToList();
        Describe(missing, invented).ShouldBeEmpty();
        if (before.Count == after.Count && stable.Count == before.Count) ours.Count.ShouldBe(before.Count);
        CheckTicking(before, ours, stable);
    }

    private static string Describe(List<string> missing, List<string> invented) =>
        string.Concat(missing.Take(5).Select(line => $"\nonly the tool: {line}").Concat(invented.Take(5).Select(line => $"\nonly we:       {line}")));

    private static void CheckTicking(IReadOnlyList<Fields> before, IReadOnlyList<Fields> ours, List<string> stable)
    {
        var known = before.ToLookup(record => record.Line, StringComparer.Ordinal);
        var agreed = stable.ToHashSet(StringComparer.Ordinal);
        foreach (var record in ours.Where(record => agreed.Contains(record.Line)))
        {
            known[record.Line].Any(other => IsNear(record.Ticking, other.Ticking))
                .ShouldBeTrue($"{record.Line}: {Text(record.Ticking)} against {string.Join(" or ", known[record.Line].Select(other => Text(other.Ticking)))}");
        }
    }

    private static bool IsNear(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var value) && Math.Abs(value - pair.Value) <= ToleranceSeconds);

    private static string Text(IReadOnlyDictionary<string, long> values) => string.Join(' ', values.Select(pair => $"{pair.Key}={pair.Value}"));
}
