// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

/// <summary>The collector on the machine the tests run on: reading needs no rights for anything but WireGuard.</summary>
public sealed class LiveCollectorTests
{
    [Fact]
    public async Task CollectAsync_OnThisMachine_ReadsEveryGroup()
    {
        var request = new CollectionRequest { NodeName = "here", Observation = TimeSpan.FromMilliseconds(50) };
        var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);

        var host = facts.Namespaces[0];
        host.Id.ShouldBe(new FileInfo("/proc/self/ns/net").LinkTarget);
        host.Name.ShouldBe("host");
        host.Links.Value.ShouldNotBeNull().ShouldContain(link => link.Name == "lo" && link.Loopback);
        host.Addresses.NotAvailable.ShouldBeNull();
        host.Routes.NotAvailable.ShouldBeNull();
        host.Rules.Value.ShouldNotBeNull().ShouldContain(rule => rule.Table == 254);
        host.Neighbours.NotAvailable.ShouldBeNull();
        host.Sysctls.Value.ShouldNotBeNull().Keys.ShouldContain("net.ipv4.ip_forward");
        host.ProtocolCounters.Value.ShouldNotBeNull()["Ip.InReceives"].Growth.ShouldNotBeNull();
        facts.OtherNamespaces.ShouldNotBeNull().Value.ShouldNotBeNull().Processes.ShouldBePositive();
        facts.ObservedSeconds.ShouldBeGreaterThan(0.04); // timers may be a tick early
        facts.KernelRelease.ShouldNotBeNullOrEmpty();

        var text = JsonSerializer.Serialize(facts, FactsJsonContext.Default.NodeFacts);
        var back = JsonSerializer.Deserialize(text, FactsJsonContext.Default.NodeFacts);
        JsonSerializer.Serialize(back, FactsJsonContext.Default.NodeFacts).ShouldBe(text);
    }
}
