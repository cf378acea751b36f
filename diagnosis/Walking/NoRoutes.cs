// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Nobody answers for the routes.</summary>
internal sealed class NoRoutes : IRouteOracle
{
    public static readonly NoRoutes Instance = new();

    private NoRoutes()
    {
    }

    public RoutingAnswer? Ask(RoutingQuestion question) => null;
}
