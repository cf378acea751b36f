// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

/// <summary>The scan over real namespaces, found through a made-up /proc so that nothing else on the machine takes part.</summary>
public sealed class NamespaceScanLabTests : IDisposable
{
    private readonly FakeProc _proc = new();

    public void Dispose() => _proc.Dispose();

    [SkippableFact]
    public void Run_Namespaces_AreSummedUpByLinksAndAddresses()
    {
        LabNamespace.SkipIfImpossible();
        using var pod = new LabNamespace();
        using var empty = new LabNamespace();
        pod.Shell("""
            ip link set lo up
            ip link add eth0 mtu 1380 type veth peer name other
            ip addr add 10.244.1.5/24 dev eth0
            ip addr add fd00:10:244::5/64 dev eth0 nodad
            ip addr add 169.254.7.7/16 dev other scope link
            ip link set eth0 up
            ip link set other up
            """);
        _proc.AddProcess(10, pod.Path, "app", "0::/");
        _proc.AddProcess(11, empty.Path, "idle", "0::/");

        var result = Scan().Value.ShouldNotBeNull();

        result.Whole.ShouldBeEmpty();
        result.Facts.Found.ShouldBe(2);
        var summaries = result.Facts.Others.ToDictionary(s => s.Owners.ShouldHaveSingleItem().Process!);
        summaries["app"].Links.ShouldBe(3);
        summaries["app"].Addresses.Select(a => a.ToString()).ShouldBe(["10.244.1.5", "fd00:10:244::5"]);
        summaries["app"].Mtu.ShouldBe(1380);
        summaries["app"].NotAvailable.ShouldBeNull();
        summaries["idle"].Links.ShouldBe(1);
        summaries["idle"].Addresses.ShouldBeEmpty();
        summaries["idle"].Mtu.ShouldBeNull();
    }

    [SkippableFact]
    public void Run_TunDeviceWithASocket_IsReadWhole()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/dev/net/tun"), "needs /dev/net/tun");
        using var tunnel = new LabNamespace();
        using var other = new LabNamespace();
        tunnel.Shell("ip tuntap add mode tun name wgx0");
        other.Shell("ip tuntap add mode tun name vpn0");
        _proc.AddProcess(10, tunnel.Path, "app", "0::/");
        _proc.AddProcess(11, other.Path, "vpn", "0::/");
        var result = Scan(name => name == "wgx0").Value.ShouldNotBeNull();
        FileStatus.TryRead(tunnel.Path, out var expected).ShouldBe(0);
        result.Whole.ShouldHaveSingleItem().Status.ShouldBe(expected);
        result.Facts.Others.ShouldHaveSingleItem().Owners[0].Process.ShouldBe("vpn");
    }

    [SkippableFact]
    public void Into_NamespaceThatVanished_IsAFact()
    {
        LabNamespace.SkipIfImpossible();
        var gone = new LabNamespace();
        _proc.AddProcess(10, gone.Path, "app", "0::/");
        var found = Finder().Find(Unlimited()).All.Values.ShouldHaveSingleItem();
        gone.Dispose();
        LookInto(found).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
    }

    [SkippableFact]
    public void Into_PidThatNowIsInAnotherNamespace_IsAFact()
    {
        LabNamespace.SkipIfImpossible();
        using var first = new LabNamespace();
        _proc.AddProcess(10, first.Path, "app", "0::/");
        var found = Finder().Find(Unlimited()).All.Values.ShouldHaveSingleItem();
        File.Delete(Path.Combine(_proc.Root, "10/ns/net"));
        File.CreateSymbolicLink(Path.Combine(_proc.Root, "10/ns/net"), "/proc/self/ns/net");
        LookInto(found).NotAvailable.ShouldBe(NamespaceProblem.Vanished);
    }

    [SkippableFact]
    public async Task CollectAsync_ProcessInANamespace_IsAmongTheOthers()
    {
        LabNamespace.SkipIfImpossible();
        using var pod = new LabNamespace();
        var pid = int.Parse(
            pod.Shell("ip link add eth0 type veth peer name other; ip addr add 192.0.2.77/32 dev eth0; sleep 60 >/dev/null 2>&1 </dev/null & echo $!"), CultureInfo.InvariantCulture);
        try
        {
            var request = new CollectionRequest { NodeName = "here", Observation = TimeSpan.Zero, Readers = name => name is "namespaces" or "links" };
            var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
            var scan = facts.OtherNamespaces.ShouldNotBeNull().Value.ShouldNotBeNull();
            var found = scan.Others.Where(space => space.Addresses.Any(a => a.ToString() == "192.0.2.77")).ShouldHaveSingleItem();
            found.Owners[0].Pid.ShouldBe(pid);
            found.Owners[0].Process.ShouldBe("sleep");
            scan.Others.ShouldNotContain(space => space.Id == facts.Namespaces[0].Id, "the host's is read whole");
        }
        finally
        {
            pod.Shell($"kill {pid}");
        }
    }

    private static Deadline Unlimited() => new(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None);

    private NamespaceFinder Finder() => new(_proc.Root, []);

    // On a thread of its own, as always: the look leaves its thread in the namespace.
    private ScannedNamespace LookInto(FoundNamespace found) =>
        NamespaceScanner.Scan([found], () => new NamespaceLook(new NetlinkSocketFactory(), _proc.Root).Into, TimeProvider.System, TimeSpan.FromMinutes(1), Unlimited())
            .ShouldHaveSingleItem();

    private Reading<NamespaceScanResult> Scan(Func<string, bool>? isUserspace = null) =>
        new NamespaceScan(TimeProvider.System, new NodeEnvironment { ProcRoot = _proc.Root, NamespaceFolders = [] })
            .Run(isUserspace ?? (static _ => false), TimeSpan.FromMinutes(1), Unlimited());
}
