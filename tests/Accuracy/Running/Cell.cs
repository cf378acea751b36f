// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Accuracy.Running;

/// <summary>One run: a scenario in one layout and one family, with one implementation of WireGuard.</summary>
public sealed record Cell(Scenario Scenario, Layouts Layout, Family Family, bool Kernel)
{
    /// <summary>Folder of its files, and its name in messages.</summary>
    public string Name =>
        $"{Scenario.Name.Replace('/', '.').Replace(' ', '-')}_{Layout}_v{(int)Family}_{(Kernel ? "kernel" : "userspace")}";

    /// <summary>Seconds that it waits and watches.</summary>
    public int Seconds => Scenario.Parts.Select(part => part.Fault).Append(Scenario).Max(s => s.SettleSeconds + s.ObserveSeconds);

    /// <summary>All runs of a scenario on this machine.</summary>
    public static IEnumerable<Cell> Of(Scenario scenario, bool kernel)
    {
        if (scenario.NotReproducible is not null
            || !scenario.Implementations.HasFlag(kernel ? Implementations.Kernel : Implementations.Userspace))
        {
            return [];
        }

        return
            from layout in LayoutCatalogue.Each(scenario.Layouts)
            from family in new[] { Family.V4, Family.V6 }
            where scenario.Families.HasFlag(family == Family.V4 ? Families.V4 : Families.V6)
            select new Cell(scenario, layout, family, kernel);
    }
}
