// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.Diagnosis.Facts.Sockets;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.WireGuard;

/// <summary>A real userspace device in a namespace of its own, read through the folder that all namespaces share.</summary>
[Trait("Category", "Lab")]
public sealed class WireGuardGoLabTests
{
    private readonly string _name = $"kwt{Environment.ProcessId % 100_000}";

    [SkippableFact]
    public async Task Collect_UserspaceDevice_IsReadInItsNamespaceOnly()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/bin/wireguard-go") && File.Exists("/usr/bin/wg"), "needs wireguard-go and wireguard-tools");
        Skip.IfNot(File.Exists("/dev/net/tun"), "needs /dev/net/tun");
        using var lab = new LabNamespace();
        // It becomes a daemon and is in the namespace; deleting its device ends it and removes its socket.
        lab.Shell($"ip link set lo up; WG_I_PREFER_BUGGY_USERSPACE_TO_POLISHED_KMOD=1 wireguard-go {_name}");
        try
        {
            var expected = lab.Shell($$"""
                set -e; umask 077
                # Before the first packet: from then on connections are tracked.
                nft add table t; nft 'add chain t p { type nat hook postrouting priority 100; }'; nft add rule t p udp dport 9 snat to 127.0.0.9:4242
                other=$(wg genkey | wg pubkey)
                wg genkey > /tmp/{{_name}}.key; wg genpsk > /tmp/{{_name}}.psk
                wg set {{_name}} private-key /tmp/{{_name}}.key listen-port 0 fwmark 0xca6c \
                  peer $other preshared-key /tmp/{{_name}}.psk endpoint 127.0.0.1:9 allowed-ips 10.244.1.0/24,fd00::5/128 persistent-keepalive 25
                ip addr add 10.9.0.1/24 dev {{_name}}; ip link set {{_name}} up; ip route add 10.244.1.0/24 dev {{_name}}
                rm /tmp/{{_name}}.key /tmp/{{_name}}.psk
                wg show {{_name}} public-key; wg show {{_name}} listen-port; echo $other
                """).Split('\n');

            var facts = await CollectAsync(lab);

            facts.UapiSocketProblems.ShouldBeEmpty();
            var device = facts.UserspaceWireGuard.Value.ShouldNotBeNull().ShouldHaveSingleItem();
            facts.UserspaceWireGuard.Unknown.ShouldBe(0);
            device.PublicKey.ShouldBe(expected[0]);
            device.ListenPort.ToString().ShouldBe(expected[1]);
            device.FirewallMark.ShouldBe(0xca6cu);
            device.Implementation.ShouldBe(WireGuardImplementation.Userspace);
            var peer = device.Peers.ShouldHaveSingleItem();
            peer.PublicKey.ShouldBe(expected[2]);
            peer.HasPresharedKey.ShouldBeTrue();
            peer.Endpoint.ShouldBe(new IpEndpoint(IpAddr.Parse("127.0.0.1"), 9));
            peer.PersistentKeepalive.ShouldBe((ushort)25);
            peer.LastHandshake.ShouldBeNull();
            peer.AllowedIps.ShouldBe([IpPrefix.Parse("10.244.1.0/24"), IpPrefix.Parse("fd00::5/128")], ignoreOrder: true);
            peer.Sent.Growth.ShouldNotBeNull();

            var link = facts.Links.Value.ShouldNotBeNull().Single(l => l.Name == _name);
            var lookups = facts.RouteLookups.Value.ShouldNotBeNull();
            lookups.Single(l => l.Purpose == RouteLookupPurpose.Endpoint).Type.ShouldBe(RouteType.Local);
            lookups.Single(l => l.Purpose == RouteLookupPurpose.AllowedIp && l.Prefix == IpPrefix.Parse("10.244.1.0/24")).Link.ShouldBe(link.Index);
            lookups.Single(l => l.Purpose == RouteLookupPurpose.AllowedIp && l.Destination == IpAddr.Parse("fd00::5")).Error.ShouldBe("ENETUNREACH");
            CheckSockets(facts, device.ListenPort);
            CheckConntrack(facts, device.ListenPort);
        }
        finally
        {
            lab.Shell($"ip link del {_name}; i=0; while [ -S /var/run/wireguard/{_name}.sock ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done");
        }
    }

    /// <summary>The process that holds the listen port, one socket for each family.</summary>
    private static void CheckSockets(NamespaceFacts facts, ushort port)
    {
        var sockets = facts.UdpSockets.ShouldNotBeNull().Value.ShouldNotBeNull().Sockets;
        sockets.Select(socket => (socket.Family, socket.LocalPort, socket.Mark)).ShouldBe([(IpFamily.IPv4, port, 0xca6cu), (IpFamily.IPv6, port, 0xca6cu)]);
        sockets.ShouldAllBe(socket => socket.SharedWith.Count == 0 && socket.Drops!.Value.Growth == 0);
        var owners = facts.SocketOwners.ShouldNotBeNull().Value.ShouldNotBeNull().Owners;
        owners.Select(owner => owner.Cookie).ShouldBe(sockets.Select(socket => socket.Cookie));
        owners.ShouldAllBe(owner => owner.Holder == SocketHolder.Process && owner.Processes.Single().Name == "wireguard-go");
    }

    /// <summary>The handshake that nobody answers, translated by a rule.</summary>
    private static void CheckConntrack(NamespaceFacts facts, ushort port)
    {
        if (!Directory.Exists("/proc/sys/net/netfilter")) return;
        facts.Conntrack.ShouldNotBeNull().Value.ShouldNotBeNull().Statistics.ShouldNotBeNull().InsertFailed!.Value.Growth.ShouldBe(0ul);
        var nat = facts.ConntrackFlows.ShouldNotBeNull().Value.ShouldNotBeNull().EndpointNat.ShouldHaveSingleItem();
        nat.Source.ShouldBe(new IpEndpoint(IpAddr.Parse("127.0.0.1"), port));
        nat.SourceAfterNat.ShouldBe(new IpEndpoint(IpAddr.Parse("127.0.0.9"), 4242));
        nat.Signs.ShouldContain(EndpointNatSign.Unreplied);
    }

    /// <summary>Collects the host and the lab; the host's part is checked here.</summary>
    private async Task<NamespaceFacts> CollectAsync(LabNamespace lab)
    {
        var request = new CollectionRequest
        {
            NodeName = "lab",
            Observation = TimeSpan.FromMilliseconds(100),
            DeviceFilter = name => name == _name,
            NamespacePaths = [lab.Path],
            ReaderTimeout = TimeSpan.FromMinutes(1),
        };
        var facts = await new FactsCollector(TimeProvider.System).CollectAsync(request, CancellationToken.None);
        var host = facts.Namespaces[0];
        host.UserspaceWireGuard.Value.ShouldNotBeNull().ShouldBeEmpty();
        host.UapiSocketProblems.ShouldHaveSingleItem().Problem.ShouldBe(UapiSocketProblem.OtherNamespace);
        if (!Directory.Exists("/sys/module/wireguard"))
        {
            // A kernel without the module says so, in every namespace.
            facts.Namespaces.ShouldAllBe(ns => ns.KernelWireGuard.NotAvailable!.Reason == NotAvailableReason.NotPresent);
        }

        return facts.Namespaces[1];
    }
}
