// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>A session really has to be older than 180 s, so this has a lab of its own and runs beside the others.</summary>
[Trait("Category", "Lab")]
public sealed class HandshakeStaleTests(HandshakeStaleTests.Fixture fixture) : IClassFixture<HandshakeStaleTests.Fixture>
{
    [SkippableFact]
    public async Task Diagnosis_OfSessionThatGrewOld_NamesItFirst() =>
        await FaultJourney.WalkAsync(fixture, FaultCatalogue.Find("WG-HANDSHAKE-STALE").ShouldNotBeNull());

    public sealed class Fixture() : ClusterFixture(Family.V4);
}
