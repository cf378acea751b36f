// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>Every scenario, one file per group.</summary>
public static class ScenarioCatalogue
{
    /// <summary>Single faults, and what cannot be reproduced here.</summary>
    public static IReadOnlyList<Scenario> Faults { get; } =
    [
        .. FirstScenarios.All,
        .. PeerScenarios.All,
        .. RouteScenarios.All,
        .. FirewallScenarios.All,
        .. MtuScenarios.All,
        .. PerformanceScenarios.All,
        .. HostScenarios.All,
        .. EndpointScenarios.All,
        .. TranslationScenarios.All,
        .. PolicyScenarios.All, .. CniScenarios.All, .. FileScenarios.All, .. ManagerScenarios.All, .. NetworkManagerScenarios.Faults,
        .. PodScenarios.All, .. UnreadPodScenarios.All, .. NetworkScenarios.All,
        .. UnseenFaultsFilters.All, .. UnseenFaultsRoutes.All,
    ];

    /// <summary>Networks in which nothing is wrong.</summary>
    public static IReadOnlyList<Scenario> Healthy { get; } =
    [
        .. HealthyNetworks.All, .. HealthyHosts.All, .. HealthyClusterHosts.All, .. HealthyLife.All, .. HealthyFiles.All, .. NetworkManagerScenarios.Healthy,
        .. PodScenarios.Healthy, .. NetworkScenarios.Healthy,
        .. OnlyInWholeRun([.. UnseenOddities.All, .. UnseenOdditiesLife.All]),
    ];

    /// <summary>Two faults at once.</summary>
    public static IReadOnlyList<Scenario> Pairs { get; } = [.. PairScenarios.From(Faults), .. OnlyInWholeRun(UnseenPairs.From(Faults))];

    /// <summary>All of it.</summary>
    public static IReadOnlyList<Scenario> Everything { get; } = [.. Faults, .. Healthy, .. Pairs];

    // The short run has five minutes.
    private static IEnumerable<Scenario> OnlyInWholeRun(IEnumerable<Scenario> scenarios) => scenarios.Select(scenario => scenario with { OnlyInWholeRun = true });
}
