// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests.Cni;

/// <summary>Whose a device is, from names, rules and what the control plane says.</summary>
public sealed class OwnerSearchTests
{
    public static TheoryData<string, string> ReservedNames() => new()
    {
        { "flannel-wg", "Flannel" }, { "flannel-wg-v6", "Flannel" }, { "wireguard.cali", "Calico" }, { "wg-v6.cali", "Calico" }, { "cilium_wg0", "Cilium" },
        { "kilo0", "Kilo" }, { "antrea-wg0", "Antrea" }, { "submariner", "Submariner" }, { "wt0", "NetBird" }, { "tailscale0", "Tailscale" },
        { "netmaker", "Netmaker" }, { "kubespan", "KubeSpan" }, { "liqo-tunnel", "Liqo" },
    };

    [Theory, MemberData(nameof(ReservedNames))]
    public void Name_Alone_Names(string device, string owner)
    {
        var found = Owner(Node(device));
        (found.Profile!.Name, found.Proof).ShouldBe((owner, ProofLevel.Named));
    }

    [Fact]
    public void UsersName_IsNobodys() => Owner(Node("wg0")).ShouldBe(DeviceOwner.Unknown);

    [Fact]
    public void PublishedKey_Proves_WhateverTheName()
    {
        var node = Node("encrypted0");
        var published = new ClusterNode
        {
            Name = node.Name,
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal) { [KnownAnnotations.CalicoKey] = node.Device.Key },
        };
        var found = OwnerSearch.Of(MeshBuilder.View(node.ToFacts()).Devices.Single(), published);
        (found.Profile!.Name, found.Proof).ShouldBe(("Calico", ProofLevel.Published));
    }

    [Fact]
    public void CalicosRule_WithTheDevicesMark_MakesTheNameStrong_AndKnowsARenamedDevice()
    {
        foreach (var (name, proof) in new[] { ("wireguard.cali", ProofLevel.Strong), ("encrypted0", ProofLevel.Named) })
        {
            var node = Node(name);
            node.Rules.Add(new RuleFact { Family = IpFamily.IPv4, Priority = 99, Action = 1, Table = 1, Mark = 0x200000, MarkMask = 0x200000, Invert = true });
            var found = Owner(node, mark: 0x200000);
            (found.Profile!.Name, found.Proof).ShouldBe(("Calico", proof));
        }
    }

    [Fact]
    public void WgQuicksFullTunnel_IsKnownByItsRule()
    {
        var node = Node("wg0");
        node.Rules.Add(new RuleFact { Family = IpFamily.IPv4, Priority = 32765, Action = 1, Table = 51820, Mark = 51820, Invert = true });
        Owner(node, mark: 51820).Profile!.Name.ShouldBe("wg-quick");
        Owner(node).ShouldBe(DeviceOwner.Unknown);
    }

    [Fact]
    public void Mark_Alone_IsWeak()
    {
        var found = Owner(Node("wg0"), mark: 0x1e00);
        (found.Profile!.Name, found.Proof).ShouldBe(("Cilium", ProofLevel.Weak));
        found.Normally(NormalBehaviour.NoAddress).ShouldBeFalse("a mark proves too little to excuse anything");
    }

    [Theory]
    [InlineData("Flannel", 1500, IpFamily.IPv4, 1420)]
    [InlineData("Calico", 1500, IpFamily.IPv4, 1440)]
    [InlineData("Calico", 1460, IpFamily.IPv6, 1380)]
    [InlineData("Cilium", 9001, IpFamily.IPv4, 8906)]
    [InlineData("NetBird", 9001, IpFamily.IPv4, 1280)]
    public void Mtu_IsWhatTheProgramSets(string profile, int underlay, IpFamily outer, int mtu)
    {
        var rule = CniProfiles.All.Single(one => one.Name == profile).Mtu!;
        rule.IsItsOwn(mtu, underlay, outer).ShouldBeTrue();
        rule.IsItsOwn(mtu - 1, underlay, outer).ShouldBeFalse();
    }

    [Fact]
    public void Catalogue_HasEachNameAndDeviceOnce()
    {
        CniProfiles.All.Select(profile => profile.Name).ShouldBeUnique();
        CniProfiles.All.SelectMany(profile => profile.Devices).ShouldBeUnique();
    }

    private static TestNode Node(string device)
    {
        var node = Layouts.Node("node", 0);
        node.AddDevice(device);
        return node;
    }

    private static DeviceOwner Owner(TestNode node, uint mark = 0)
    {
        var facts = node.ToFacts();
        var ns = facts.Namespaces[0];
        var devices = ns.KernelWireGuard.Value!.Select(device => device with { FirewallMark = mark }).ToList();
        facts = facts with { Namespaces = [ns with { KernelWireGuard = ns.KernelWireGuard with { Value = devices } }] };
        return OwnerSearch.Of(MeshBuilder.View(facts).Devices.Single(), null);
    }
}
