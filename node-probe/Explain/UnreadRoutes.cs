// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Walking;

namespace KubeWgDiag.NodeProbe.Explain;

/// <summary>Stands for the routes of a namespace that could not be entered: nobody answers.</summary>
internal sealed class UnreadRoutes : IRouteOracle
{
    public static readonly UnreadRoutes Instance = new();

    private UnreadRoutes()
    {
    }

    public RoutingAnswer? Ask(RoutingQuestion question) => null;
}
