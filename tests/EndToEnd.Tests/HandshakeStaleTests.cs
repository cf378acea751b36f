// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Faults;
using KubeWgDiag.Lab.Networks;

namespace KubeWgDiag.EndToEnd.Tests;

/// <summary>A session really has to be older than 180 s, so each family has a lab of its own here and runs beside the other tests.</summary>
[Trait("Category", "Lab")]
public abstract class HandshakeStaleTests(ClusterFixture fixture)
{
    [SkippableFact]
    public async Task Diagnosis_OfSessionThatGrewOld_NamesItFirst() =>
        await FaultJourney.WalkAsync(fixture, FaultCatalogue.Find("WG-UDP-BLOCKED-PATH/stale").ShouldNotBeNull());
}

/// <summary>Over IPv4.</summary>
public sealed class HandshakeStaleTestsV4(HandshakeStaleTestsV4.Fixture fixture) : HandshakeStaleTests(fixture), IClassFixture<HandshakeStaleTestsV4.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V4);
}

/// <summary>Over IPv6.</summary>
public sealed class HandshakeStaleTestsV6(HandshakeStaleTestsV6.Fixture fixture) : HandshakeStaleTests(fixture), IClassFixture<HandshakeStaleTestsV6.Fixture>
{
    public sealed class Fixture() : ClusterFixture(Family.V6);
}
