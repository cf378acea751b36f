// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>Which cells are wanted; null, 0 and empty mean all.</summary>
public sealed record CellFilter(IReadOnlyList<string> Names, string? Layout, int Family, string? Kind, bool Slice, bool Kernel);

/// <summary>Chooses cells.</summary>
public static class CellSelection
{
    public static IReadOnlyList<Cell> Choose(IReadOnlyList<Scenario> scenarios, CellFilter filter)
    {
        var cells = scenarios
            .Where(s => filter.Names.Count == 0 || filter.Names.Any(n => s.Name.Contains(n, StringComparison.OrdinalIgnoreCase)))
            .Where(s => filter.Kind is null || filter.Kind == KindOf(s))
            .Select(s => Cell.Of(s, filter.Kernel)
                .Where(c => filter.Layout is null || c.Layout.ToString().Equals(filter.Layout, StringComparison.OrdinalIgnoreCase))
                .Where(c => filter.Family == 0 || (int)c.Family == filter.Family)
                .ToList());
        return filter.Slice
            ? [.. cells.Select((own, i) => (own, i)).Where(x => x.own.Count > 0 && !x.own[0].Scenario.OnlyInWholeRun).Select(x => x.own[x.i % x.own.Count])]
            : [.. cells.SelectMany(own => own)];
    }

    public static string KindOf(Scenario scenario) => scenario.Parts.Count > 0 ? "pair" : scenario.Code is null ? "healthy" : "fault";
}
