// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Every scenario, one file per group.</summary>
public static class ScenarioCatalogue
{
    /// <summary>Single faults, and what cannot be reproduced here.</summary>
    public static IReadOnlyList<Scenario> Faults { get; } = [.. FirstScenarios.All, .. PeerScenarios.All];

    /// <summary>All of it.</summary>
    public static IReadOnlyList<Scenario> Everything { get; } = [.. Faults];
}
