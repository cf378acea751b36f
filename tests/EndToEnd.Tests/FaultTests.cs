// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>Every fault is named first and mended by what the diagnosis prints; the two families run side by side.</summary>
[Trait("Category", "Lab")]
public abstract class FaultTests(ClusterFixture fixture)
{
    /// <summary>All but the slow one, which has a lab of its own.</summary>
    public static TheoryData<string> Faults() => [.. FaultCatalogue.All.Where(f => f.NeedsSeconds == 0).Select(f => f.Name)];

    [SkippableTheory]
    [MemberData(nameof(Faults))]
    public async Task Diagnosis_OfInjectedFault_NamesItFirstAndItsCommandsMendIt(string name) =>
        await FaultJourney.WalkAsync(fixture, FaultCatalogue.Find(name).ShouldNotBeNull());

    [SkippableFact]
    public async Task Diagnosis_OfHealthyMesh_FindsNothing()
    {
        await fixture.RecoveredAsync();

        FaultJourney.ShouldBeHealthy(fixture, await fixture.AskAsync());
    }
}

/// <summary>Over IPv4.</summary>
public sealed class FaultTestsV4(FaultTestsV4.Fixture fixture) : FaultTests(fixture), IClassFixture<FaultTestsV4.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V4);
}

/// <summary>Over IPv6.</summary>
public sealed class FaultTestsV6(FaultTestsV6.Fixture fixture) : FaultTests(fixture), IClassFixture<FaultTestsV6.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V6);
}
