// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Sockets;

namespace KubeWgDiag.NodeProbe.Tests.Sockets;

public sealed class SocketPlacesTests
{
    private const ushort Port = 51820;

    [Fact]
    public void Fill_MovedDevice_HasTheNamespaceThatHoldsItsPort()
    {
        NamespaceFacts[] spaces = [Space("net:[1]", sockets: [(Port, SocketHolder.Kernel), (4789, SocketHolder.Kernel)]), Space("net:[2]", device: "wg0"), Space("net:[3]")];
        SocketPlaces.OrphanPorts(spaces).ShouldBe([Port]);
        Filled(spaces).ShouldBe(["net:[1]"]);
    }

    [Fact]
    public void Fill_DeviceWithItsOwnSocket_HasNone()
    {
        NamespaceFacts[] spaces = [Space("net:[1]", sockets: [(Port, SocketHolder.Kernel)]), Space("net:[2]", device: "wg0", sockets: [(Port, SocketHolder.KernelWireGuard)])];
        SocketPlaces.OrphanPorts(spaces).ShouldBeEmpty();
        Filled(spaces).ShouldBe([null]);
    }

    [Fact]
    public void Fill_TwoNamespacesHoldThePort_IsNotClear() => Filled(
        Space("net:[1]", sockets: [(Port, SocketHolder.Kernel)]), Space("net:[2]", device: "wg0"), Space("net:[3]", sockets: [(Port, SocketHolder.Kernel)])).ShouldBe([null]);

    [Fact]
    public void Fill_TwoDevicesWithoutSockets_IsNotClear() => Filled(
        Space("net:[1]", sockets: [(Port, SocketHolder.Kernel)]), Space("net:[2]", device: "wg0"), Space("net:[3]", device: "wg0")).ShouldBe([null, null]);

    [Fact]
    public void Fill_SocketOfADeviceThatIsThere_IsThatDevices() => Filled(
        Space("net:[1]", device: "wg1", sockets: [(Port, SocketHolder.KernelWireGuard)]), Space("net:[2]", device: "wg0")).ShouldBe([null, null]);

    [Theory]
    [InlineData(SocketHolder.Process)]
    [InlineData(SocketHolder.Unknown)]
    public void Fill_SocketThatIsNotTheKernels_DoesNotCount(SocketHolder holder) =>
        Filled(Space("net:[1]", sockets: [(Port, holder)]), Space("net:[2]", device: "wg0")).ShouldBe([null]);

    [Fact]
    public void Fill_DeviceThatIsDown_HasNoSocketAnywhere() =>
        Filled(Space("net:[1]", sockets: [(Port, SocketHolder.Kernel)]), Space("net:[2]", device: "wg0", up: false)).ShouldBe([null]);

    [Fact]
    public void Fill_SocketsUnknown_SaysNothing()
    {
        var unknown = Space("net:[2]", device: "wg0") with { UdpSockets = null, SocketOwners = null };
        Filled(Space("net:[1]", sockets: [(Port, SocketHolder.Kernel)]), unknown).ShouldBe([null]);
    }

    private static IEnumerable<string?> Filled(params NamespaceFacts[] spaces) =>
        SocketPlaces.Fill(spaces).SelectMany(space => space.KernelWireGuard.Value!).Select(device => device.SocketNamespace);

    private static NamespaceFacts Space(string id, string? device = null, bool up = true, (ushort Port, SocketHolder Holder)[]? sockets = null) => new()
    {
        Id = id,
        Name = id,
        Links = Fact<IReadOnlyList<LinkFact>>(device is null ? [] : [new LinkFact { Index = 2, Name = device, Kind = "wireguard", Up = up }]),
        Addresses = Fact<IReadOnlyList<AddressFact>>([]),
        Routes = Fact<IReadOnlyList<RouteFact>>([]),
        Rules = Fact<IReadOnlyList<RuleFact>>([]),
        Neighbours = Fact<IReadOnlyList<NeighbourFact>>([]),
        Sysctls = Fact<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>(StringComparer.Ordinal)),
        ProtocolCounters = Fact<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter>(StringComparer.Ordinal)),
        KernelWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>(
            device is null ? [] : [new WireGuardDeviceFact { Name = device, Implementation = WireGuardImplementation.Kernel, ListenPort = Port }]),
        UserspaceWireGuard = Fact<IReadOnlyList<WireGuardDeviceFact>>([]),
        RouteLookups = Fact<IReadOnlyList<RouteLookupFact>>([]),
        UdpSockets = Fact(new UdpSocketsFact { Sockets = [.. (sockets ?? []).Select((one, i) => Socket((ulong)i + 1, one.Port))] }),
        SocketOwners = Fact(new SocketOwnersFact { Owners = [.. (sockets ?? []).Select((one, i) => new SocketOwnerFact((ulong)i + 1, 0, one.Holder, []))] }),
    };

    private static UdpSocketFact Socket(ulong cookie, ushort port) =>
        new() { Family = IpFamily.IPv4, Local = IpAddr.Parse("0.0.0.0"), LocalPort = port, Cookie = cookie };

    private static Fact<T> Fact<T>(T value)
        where T : class => new() { Source = "x", At = default, Value = value };
}
