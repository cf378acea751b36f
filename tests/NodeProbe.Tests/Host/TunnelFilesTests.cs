// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Host.Managers;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Host;

/// <summary>Files of wg-quick, systemd-networkd and NetworkManager, and what the two daemons may do.</summary>
public sealed class TunnelFilesTests : IDisposable
{
    private const string Secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=";
    private const string One = "b25lLW9uZS1vbmUtb25lLW9uZS1vbmUtb25lLW9uZS0=";
    private const string Two = "dHdvLXR3by10d28tdHdvLXR3by10d28tdHdvLXR3by0=";

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("tunnel-files-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Quick_AllKinds_AreReadWithoutSecrets()
    {
        Write("etc/wireguard/wg0.conf", $"""
            [Interface]
            PrivateKey = {Secret}
            listenport = 51820   # the usual one
            Address = 10.8.0.1/24
            SaveConfig = true
            PostUp = iptables -A FORWARD -i %i -j ACCEPT

            [Peer]
            # a comment with PublicKey = {Secret}
            PublicKey={One}
            PresharedKey = {Secret}
            AllowedIPs = 10.8.0.2/32, 10.1.0.0/16
            AllowedIPs = fd00::2
            Endpoint = vpn.example.net:51820

            [peer]
            PublicKey = {Two}
            AllowedIPs = nonsense, 10.8.0.3/24
            """);
        Write("etc/wireguard/publickey.conf", Secret);

        var fact = Read().ShouldHaveSingleItem();
        (fact.Device, fact.Source, fact.Manager, fact.ListenPort, fact.SavesItself, fact.HasHooks, fact.Complete)
            .ShouldBe(("wg0", "/etc/wireguard/wg0.conf", NetworkManagerKind.WgQuick, (ushort?)51820, true, true, true));
        fact.Peers.Select(peer => (peer.PublicKey, peer.Endpoint, Prefixes: string.Join(' ', peer.AllowedIps!)))
            .ShouldBe([(One, "vpn.example.net:51820", "10.8.0.2/32 10.1.0.0/16 fd00::2/128"), (Two, null, "10.8.0.0/24")]);
    }

    [Fact]
    public void Netdev_TheFirstFolderCounts_OtherKindsAreNone()
    {
        Write("usr/lib/systemd/network/50-wg.netdev", "[NetDev]\nName=wg9\nKind=wireguard\n");
        Write("etc/systemd/network/50-wg.netdev", $"[NetDev]\nName=wg1\nKind=wireguard\n[WireGuard]\nPrivateKey={Secret}\nListenPort=51000\n[WireGuardPeer]\nPublicKey={One}\nPresharedKey={Secret}\nAllowedIPs=10.9.0.0/16\nEndpoint=192.0.2.1:51820\n");
        Write("etc/systemd/network/10-bridge.netdev", "[NetDev]\nName=br0\nKind=bridge\n");

        var fact = Read().ShouldHaveSingleItem();
        (fact.Device, fact.Manager, fact.ListenPort, fact.Source).ShouldBe(("wg1", NetworkManagerKind.Networkd, (ushort?)51000, "/etc/systemd/network/50-wg.netdev"));
        fact.Peers.ShouldHaveSingleItem().AllowedIps.ShouldBe([IpPrefix.Parse("10.9.0.0/16")]);
    }

    [Fact]
    public void Keyfile_KeysAreNamesOfSections_TheConnectionsNameStays()
    {
        Write("etc/NetworkManager/system-connections/Somebody's office.nmconnection",
            $"[connection]\nid=Somebody's office\ntype=wireguard\ninterface-name=wg2\n[wireguard]\nlisten-port=51900\nprivate-key={Secret}\n[wireguard-peer.{One}]\npreshared-key={Secret}\nendpoint=192.0.2.7:1\nallowed-ips=10.7.0.0/16;fd07::/64;\n");
        Write("run/NetworkManager/system-connections/wg3.nmconnection", "[connection]\ntype=wireguard\ninterface-name=wg3\n[wireguard]\nlisten-port=51901\n[.nmmeta]\nexternal=true\n");
        Write("etc/NetworkManager/system-connections/home.nmconnection", "[connection]\ntype=wifi\ninterface-name=wlan0\n");

        var fact = Read().ShouldHaveSingleItem();
        (fact.Device, fact.Manager, fact.ListenPort, fact.Source).ShouldBe(("wg2", NetworkManagerKind.NetworkManager, (ushort?)51900, "/etc/NetworkManager/system-connections"));
        fact.Peers.ShouldHaveSingleItem().AllowedIps.ShouldBe([IpPrefix.Parse("10.7.0.0/16"), IpPrefix.Parse("fd07::/64")]);
    }

    [Fact]
    public void TooManyPeersOrTooLong_IsSaid()
    {
        Write("etc/wireguard/wg0.conf", "[Interface]\n" + string.Concat(Enumerable.Range(0, TunnelFiles.MaxPeers + 1).Select(i => $"[Peer]\nPublicKey = {i:0000000}\n")));
        var fact = Read().ShouldHaveSingleItem();
        (fact.Peers.Count, fact.Complete).ShouldBe((TunnelFiles.MaxPeers, false));
    }

    [Fact]
    public void NothingThere_IsAnEmptyList_LinksOutOfTheRootAreNotFollowed()
    {
        Read().ShouldBeEmpty();
        Directory.CreateDirectory(Path.Combine(_root.FullName, "etc/wireguard"));
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "etc/wireguard/wg0.conf"), "/../../../../../../../../etc/hostname");
        Read().ShouldBeEmpty();
    }

    [Fact]
    public void Managers_SettingsProcessesAndManagedLinks_AreRead()
    {
        Write("etc/systemd/networkd.conf", "[Network]\nManageForeignRoutes=yes\nManageForeignRoutingPolicyRules=no\n");
        Write("usr/lib/systemd/networkd.conf.d/10-a.conf", "[Network]\nManageForeignRoutes=no\n[DHCPv4]\nManageForeignRoutes=yes\n");
        Write("run/systemd/netif/links/2", "# This is private data. Do not parse.\nADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/etc/systemd/network/10-uplink.network\n");
        Write("run/systemd/netif/links/7", "ADMIN_STATE=configuring\nNETWORK_FILE=/etc/systemd/network/20-vpn.network\n");
        Write("run/systemd/netif/links/8", "ADMIN_STATE=unmanaged\nOPER_STATE=routable\n");
        Write("run/NetworkManager/devices/3", "[device]\nmanaged=true\nconnection-uuid=6b1c\n");
        Write("etc/NetworkManager/system-connections/office.nmconnection", "[connection]\nid=office\nuuid=6b1c\ntype=tun\n");
        Write("run/NetworkManager/devices/4", "[device]\nmanaged=true\n");
        // As NetworkManager 1.42 leaves it of a device that it shows as connected (externally).
        Write("run/NetworkManager/devices/6", "[device]\nmanaged=true\nconnection-uuid=5a94\nnm-owned=false\n");
        Write("run/NetworkManager/system-connections/flannel-wg.nmconnection", "[connection]\nid=flannel-wg\nuuid=5a94\ntype=wireguard\n[.nmmeta]\nnm-generated=true\nvolatile=true\nexternal=true\n");
        Write("run/NetworkManager/devices/7", "[device]\nmanaged=true\nconnection-uuid=gone\nnm-owned=false\n");
        Write("run/NetworkManager/devices/8", "[device]\nmanaged=true\nconnection-uuid=77aa\nnm-owned=true\n");
        Write("etc/sysconfig/network-scripts/ifcfg-eth9", "DEVICE=eth9\nUUID=\"77aa\"\n");
        Write("run/NetworkManager/devices/9", "[device]\nmanaged=true\nconnection-uuid=77aa\n");
        Write("run/NetworkManager/devices/5", "[device]\nmanaged=false\n");
        Write("proc/stat", "cpu 1 2 3\nbtime 1700000000\n");
        Write("proc/41/comm", "systemd-network\n");
        Write("proc/41/stat", "41 (systemd-network) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 1000 10\n");
        Write("proc/42/comm", "NetworkManager\n");
        Write("proc/42/stat", "42 (Network) Manager) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 500 1000 10\n");

        var fact = NetworkManagersReader.Read(Paths, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None)).Value.ShouldNotBeNull();
        var networkd = fact.Networkd.ShouldNotBeNull();
        networkd.ManagedLinks.ShouldBe([2, 7]);
        networkd.ShouldBe(new NetworkdFact(true, true, true, DateTimeOffset.FromUnixTimeSeconds(1700000123).AddSeconds(0.45), networkd.ManagedLinks));
        var manager = fact.NetworkManager.ShouldNotBeNull();
        manager.ManagedLinks.ShouldBe([3, 9]);
        manager.StartedAt.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1700000005));
    }

    [Fact]
    public void Managers_ThatDoNotRun_AreNull()
    {
        Write("proc/stat", "btime 1700000000\n");
        var fact = NetworkManagersReader.Read(Paths, new Deadline(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None)).Value.ShouldNotBeNull();
        (fact.Networkd, fact.NetworkManager).ShouldBe((null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("41 systemd-network S 1")]
    [InlineData("41 (systemd-network) S 1 2 3")]
    [InlineData("41 (x) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 -5 1000 10")]
    public void Start_OfALineThatSaysNothing_IsNotKnown(string stat) => NetworkManagersReader.StartOf(stat, DateTimeOffset.UnixEpoch).ShouldBeNull();

    private HostPaths Paths => new() { Root = _root.FullName, Proc = Path.Combine(_root.FullName, "proc") };

    private IReadOnlyList<TunnelConfigFact> Read()
    {
        var facts = TunnelConfigReader.Read(Paths).Value.ShouldNotBeNull();
        JsonSerializer.Serialize(facts, FactsJsonContext.Default.IReadOnlyListTunnelConfigFact).ShouldNotContain(Secret[..16]);
        return facts;
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
