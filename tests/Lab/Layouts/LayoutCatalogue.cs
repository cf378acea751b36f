// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>Plans by name.</summary>
public static class LayoutCatalogue
{
    public static LayoutPlan Plan(Layouts layout, Family family) => layout switch
    {
        Layouts.Flannel => ClusterLayouts.Flannel(family),
        Layouts.Calico => ClusterLayouts.Calico(family),
        Layouts.Hub => RoutedLayouts.Hub(family),
        Layouts.Sites => RoutedLayouts.Sites(family),
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "one layout at a time"),
    };

    /// <summary>The single layouts in a set.</summary>
    public static IEnumerable<Layouts> Each(Layouts set) =>
        new[] { Layouts.Flannel, Layouts.Calico, Layouts.Hub, Layouts.Sites }.Where(one => set.HasFlag(one));
}
