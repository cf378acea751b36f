// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard.Placement;

/// <summary>Real userspace devices where a name alone leads astray.</summary>
[Trait("Category", "Lab")]
public sealed class PlacementLabTests
{
    private readonly string _name = $"kwp{Environment.ProcessId % 100_000}";

    [SkippableFact]
    public async Task Collect_EqualNamesInTwoNamespaces_OnlyTheRightOneHasTheDevice()
    {
        Prepare();
        using var tunnel = new LabNamespace();
        using var other = new LabNamespace();
        try
        {
            Start(tunnel, 4711);
            other.Shell($"ip tuntap add mode tun name {_name}");
            var facts = await CollectAsync(other, tunnel);
            Devices(facts, other).ShouldBeEmpty();
            Devices(facts, tunnel).ShouldBe([(4711, null)]);
            facts.Namespaces.Single(space => space.Id == IdOf(other)).UapiSocketProblems.ShouldBeEmpty();
            facts.Namespaces[0].UapiSocketProblems.ShouldHaveSingleItem().Detail.ShouldBe($"it answers, but its device is in {IdOf(tunnel)}");
        }
        finally
        {
            End(tunnel);
        }
    }

    [SkippableFact]
    public async Task Collect_MovedDevice_IsWhereItIsAndSaysWhereItsSocketIs()
    {
        Prepare();
        using var birth = new LabNamespace();
        using var now = new LabNamespace();
        try
        {
            Start(birth, 4712);
            birth.Shell($"ip link set {_name} netns {now.Path}; ip tuntap add mode tun name {_name}");
            now.Shell($"ip addr add 10.9.0.1/24 dev {_name}; ip link set {_name} up");
            var facts = await CollectAsync(birth, now);
            // Another device took its name where it was made: the name says nothing, the kernel does.
            Devices(facts, birth).ShouldBeEmpty();
            Devices(facts, now).ShouldBe([(4712, IdOf(birth))]);
        }
        finally
        {
            End(now);
        }
    }

    [SkippableFact]
    public async Task Collect_SocketInAnotherMountNamespace_IsFoundAndBothDevicesAreRead()
    {
        Prepare();
        using var shared = new LabNamespace();
        using var container = new LabNamespace();
        try
        {
            Start(shared, 4713);
            container.Shell($"ip link set lo up; unshare -m sh -ec 'mount -t tmpfs none /run; mkdir /run/wireguard; {Daemon()}; wg set {_name} listen-port 4714'");
            var facts = await CollectAsync(shared, container);
            Devices(facts, shared).ShouldBe([(4713, null)]);
            Devices(facts, container).ShouldBe([(4714, null)]);
            facts.Namespaces[0].UapiSocketProblems.Count.ShouldBe(2, "the host has neither of them");
        }
        finally
        {
            container.Shell($"ip link del {_name}");
            End(shared);
        }
    }

    private static void Prepare()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/bin/wireguard-go") && File.Exists("/usr/bin/wg"), "needs wireguard-go and wireguard-tools");
        Skip.IfNot(File.Exists("/dev/net/tun"), "needs /dev/net/tun");
    }

    private string Daemon() => $"WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go {_name} >/dev/null 2>&1 </dev/null";

    private void Start(LabNamespace lab, int port) => lab.Shell($"ip link set lo up; {Daemon()}; wg set {_name} listen-port {port}");

    /// <summary>Deleting its device ends the daemon, which then removes its socket.</summary>
    private void End(LabNamespace lab) =>
        lab.Shell($"ip link del {_name}; i=0; while [ -S /var/run/wireguard/{_name}.sock ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done");

    private static string IdOf(LabNamespace lab)
    {
        FileStatus.TryRead(lab.Path, out var status).ShouldBe(0);
        return status.NamespaceId;
    }

    private static IEnumerable<(int Port, string? SocketNamespace)> Devices(NodeFacts facts, LabNamespace lab) =>
        facts.Namespaces.Single(space => space.Id == IdOf(lab)).UserspaceWireGuard.Value.ShouldNotBeNull().Select(device => ((int)device.ListenPort, device.SocketNamespace));

    private Task<NodeFacts> CollectAsync(params LabNamespace[] labs) => new FactsCollector(TimeProvider.System).CollectAsync(
        new CollectionRequest
        {
            NodeName = "lab",
            Observation = TimeSpan.Zero,
            DeviceFilter = name => name == _name,
            NamespacePaths = [.. labs.Select(lab => lab.Path)],
            Readers = name => name is "userspace-wireguard" or "namespaces",
            ReaderTimeout = TimeSpan.FromMinutes(1),
        },
        CancellationToken.None);
}
