// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.WireGuard;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class UserspaceDevicesTests
{
    private static readonly Fact<UapiSnapshot> Uapi = new()
    {
        Source = "UAPI",
        At = default,
        Value = new UapiSnapshot([Device("wg0"), Device("wg9")], [new UapiSocketFact("old", UapiSocketProblem.Stale, "x"), new UapiSocketFact("wg0x", UapiSocketProblem.Hung, "x")]),
    };

    [Fact]
    public void DevicesOf_NamespaceWithTheTun_HasTheDevice() =>
        UserspaceDevices.DevicesOf(Uapi, Links(("wg0", "tun"), ("wg9", "bridge"))).Value.ShouldNotBeNull().Select(d => d.Name).ShouldBe(["wg0"]);

    [Fact]
    public void DevicesOf_LinksUnknown_IsUnknown()
    {
        var links = new Fact<IReadOnlyList<LinkFact>> { Source = "x", At = default, NotAvailable = new NotAvailable(NotAvailableReason.NotPermitted, "no") };
        UserspaceDevices.DevicesOf(Uapi, links).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPermitted);
        UserspaceDevices.ProblemsOf(Uapi, links, "host").Select(p => p.Name).ShouldBe(["old", "wg0x"]);
    }

    [Fact]
    public void ProblemsOf_Host_HasAllAndTheDevicesOfOthers() =>
        UserspaceDevices.ProblemsOf(Uapi, Links(("wg0", "tun")), "host").Select(p => (p.Name, p.Problem)).ShouldBe([
            ("old", UapiSocketProblem.Stale), ("wg0x", UapiSocketProblem.Hung), ("wg9", UapiSocketProblem.OtherNamespace)]);

    [Fact]
    public void ProblemsOf_OtherNamespace_HasOnlyThoseOfItsOwnDevices() =>
        UserspaceDevices.ProblemsOf(Uapi, Links(("wg0x", "tun")), "/run/netns/a").Select(p => p.Name).ShouldBe(["wg0x"]);

    private static WireGuardDeviceFact Device(string name) => new() { Name = name, Implementation = WireGuardImplementation.Userspace };

    private static Fact<IReadOnlyList<LinkFact>> Links(params (string Name, string Kind)[] links) => new()
    {
        Source = "x",
        At = default,
        Value = [.. links.Select((link, i) => new LinkFact { Index = i + 1, Name = link.Name, Kind = link.Kind })],
    };
}
