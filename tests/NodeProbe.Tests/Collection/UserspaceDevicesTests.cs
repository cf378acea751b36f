// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.WireGuard;
using KubeWgDiag.NodeProbe.WireGuard.Placement;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class UserspaceDevicesTests
{
    private const string HostId = "net:[1]";
    private const string PodId = "net:[2]";
    private static readonly NamespaceTarget Host = new(HostId, NamespaceTargets.HostName, null);
    private static readonly NamespaceTarget Pod = new(PodId, "/run/netns/a", null);

    private static readonly Fact<PlacedUapi> Uapi = new()
    {
        Source = "UAPI",
        At = default,
        Value = new PlacedUapi([
            Device("wg0", new UapiPlace(HostId, null)),
            Device("wg0", new UapiPlace(PodId, HostId)),
            Device("wg5", UapiPlace.Ambiguous("two have it")),
            Device("wg7", UapiPlace.Nowhere),
            Device("wg9", new UapiPlace(PodId, null)),
            Problem("old", UapiSocketProblem.Stale, UapiPlace.Nowhere),
            Problem("wg0x", UapiSocketProblem.Hung, new UapiPlace(PodId, null))]),
    };

    [Fact]
    public void DevicesOf_EqualNamesInTwoNamespaces_EachHasItsOwn()
    {
        UserspaceDevices.DevicesOf(Uapi, Links(("wg0", "tun"), ("wg5", "tun")), HostId).Value.ShouldNotBeNull()
            .Select(d => (d.Name, d.SocketNamespace)).ShouldBe([("wg0", null)]);
        UserspaceDevices.DevicesOf(Uapi, Links(("wg0", "tun"), ("wg9", "bridge")), PodId).Value.ShouldNotBeNull()
            .Select(d => (d.Name, d.SocketNamespace)).ShouldBe([("wg0", HostId)], "a bridge is not what a userspace implementation makes");
    }

    [Fact]
    public void DevicesOf_LinksUnknown_IsUnknown()
    {
        var links = new Fact<IReadOnlyList<LinkFact>> { Source = "x", At = default, NotAvailable = new NotAvailable(NotAvailableReason.NotPermitted, "no") };
        UserspaceDevices.DevicesOf(Uapi, links, HostId).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPermitted);
        UserspaceDevices.ProblemsOf(Uapi, links, Host).Select(p => p.Name).ShouldBe(["old", "wg0x", "wg5"]);
    }

    [Fact]
    public void ProblemsOf_Host_HasAllAndTheDevicesOfOthers()
    {
        var problems = UserspaceDevices.ProblemsOf(Uapi, Links(("wg0", "tun")), Host);
        problems.Select(p => (p.Name, p.Problem)).ShouldBe([
            ("old", UapiSocketProblem.Stale),
            ("wg0", UapiSocketProblem.OtherNamespace),
            ("wg0x", UapiSocketProblem.Hung),
            ("wg5", UapiSocketProblem.Ambiguous),
            ("wg7", UapiSocketProblem.OtherNamespace),
            ("wg9", UapiSocketProblem.OtherNamespace)]);
        problems[1].Detail.ShouldBe("it answers, but its device is in net:[2]");
    }

    [Fact]
    public void ProblemsOf_DeviceThatMovedAwayMeanwhile_SaysSo() =>
        UserspaceDevices.ProblemsOf(Uapi, Links(), Host).First(p => p.Name == "wg0").Detail.ShouldEndWith("any more");

    [Fact]
    public void ProblemsOf_OtherNamespace_HasOnlyThoseThatItsDevicesHaveOrMayHave() =>
        UserspaceDevices.ProblemsOf(Uapi, Links(("wg0x", "tun"), ("wg5", "tun"), ("wg7", "tun"), ("wg0", "tun")), Pod).Select(p => p.Name).ShouldBe(["wg0x", "wg5"]);

    private static PlacedAnswer Device(string name, UapiPlace place) =>
        new(new UapiAnswer(new WireGuardDeviceFact { Name = name, Implementation = WireGuardImplementation.Userspace }, null), place);

    private static PlacedAnswer Problem(string name, UapiSocketProblem problem, UapiPlace place) => new(UapiAnswer.Of(name, problem, "x"), place);

    private static Fact<IReadOnlyList<LinkFact>> Links(params (string Name, string Kind)[] links) => new()
    {
        Source = "x",
        At = default,
        Value = [.. links.Select((link, i) => new LinkFact { Index = i + 1, Name = link.Name, Kind = link.Kind })],
    };
}
