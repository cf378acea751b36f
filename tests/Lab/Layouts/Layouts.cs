// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.Lab.Layouts;

/// <summary>The networks that can be built.</summary>
[Flags]
[SuppressMessage("Design", "MA0049", Justification = "A set of layouts has no better name than its folder.")]
public enum Layouts
{
    None = 0,

    /// <summary>Three nodes on one segment; one device, one route for the cluster network; pods on a bridge.</summary>
    Flannel = 1,

    /// <summary>Three nodes on one segment; table 1 behind a mark rule, throw routes, /32 pods on cables of their own.</summary>
    Calico = 2,

    /// <summary>Two spokes behind a masquerading router and a public hub; spokes reach each other through the hub.</summary>
    Hub = 4,

    /// <summary>Two sites with a router between, a host behind each.</summary>
    Sites = 8,

    All = Flannel | Calico | Hub | Sites,

    /// <summary>Those with a third node.</summary>
    WithThird = Flannel | Calico | Hub,

    /// <summary>Those with a router between A and B, where the router can do something to packets.</summary>
    Routed = Hub | Sites,

    /// <summary>The Kubernetes ones.</summary>
    Clusters = Flannel | Calico,
}
