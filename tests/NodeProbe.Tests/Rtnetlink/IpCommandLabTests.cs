// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>What the readers say about a real namespace; against <c>ip</c> they are held in the differential tests.</summary>
[Trait("Category", "Lab")]
public sealed class IpCommandLabTests : IDisposable
{
    private readonly Lazy<LabNamespace> _lab = new(() =>
    {
        var lab = new LabNamespace();
        lab.Shell($"sh '{Fixtures.PathOf("nasty-namespace.sh")}'");
        return lab;
    });

    public void Dispose()
    {
        if (_lab.IsValueCreated) _lab.Value.Dispose();
    }

    [SkippableFact]
    public async Task Links_PairIntoAnotherNamespace_SaysSo()
    {
        LabNamespace.SkipIfImpossible();
        using var other = new LabNamespace();
        _lab.Value.Shell($"exec 9<{other.Path}; ip link add x0 type veth peer name x1 netns /proc/self/fd/9");
        var link = (await CollectAsync()).Links.Value.ShouldNotBeNull().Single(l => l.Name == "x0");
        link.PeerInOtherNamespace.ShouldBeTrue();
        link.Peer.ShouldNotBeNull();
    }

    [SkippableFact]
    public async Task Sysctls_OfARealNamespace_AreItsOwn()
    {
        LabNamespace.SkipIfImpossible();
        _lab.Value.Shell("echo 1 > /proc/sys/net/ipv4/ip_forward; echo 2 > /proc/sys/net/ipv4/conf/eth0.100/rp_filter; echo 1 > /proc/sys/net/ipv6/conf/v0/disable_ipv6");
        var sysctls = (await CollectAsync()).Sysctls.Value.ShouldNotBeNull();
        sysctls["net.ipv4.ip_forward"].ShouldBe(1);
        sysctls["net.ipv4.conf.eth0/100.rp_filter"].ShouldBe(2);
        sysctls["net.ipv6.conf.v0.disable_ipv6"].ShouldBe(1);
        sysctls["net.ipv6.conf.v2.disable_ipv6"].ShouldBe(0);
    }

    private async Task<NamespaceFacts> CollectAsync()
    {
        LabNamespace.SkipIfImpossible();
        var request = new CollectionRequest
        {
            NodeName = "lab",
            Observation = TimeSpan.Zero,
            NamespacePaths = [_lab.Value.Path],
            UapiDirectory = "/nonexistent",
            ReaderTimeout = TimeSpan.FromMinutes(1),
        };
        var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
        // Namespaces of other tests with WireGuard devices may follow.
        return facts.Namespaces.Single(space => space.Name == _lab.Value.Path);
    }
}
