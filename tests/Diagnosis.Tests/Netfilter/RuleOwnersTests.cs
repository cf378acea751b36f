// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Owners;

namespace KubeWgDiag.Diagnosis.Tests.Netfilter;

public sealed class RuleOwnersTests
{
    [Theory]
    [InlineData("KUBE-SERVICES", "kube-proxy")]
    [InlineData("KUBE-SVC-ERIFXISQEP7F7OF4", "kube-proxy")]
    [InlineData("KUBE-SEP-ABC", "kube-proxy")]
    [InlineData("KUBE-IPVS-FILTER", "kube-proxy")]
    [InlineData("KUBE-FIREWALL", "kubelet")]
    [InlineData("KUBE-MARK-DROP", "kubelet")]
    [InlineData("KUBE-KUBELET-CANARY", "kubelet")]
    [InlineData("KUBE-ROUTER-FORWARD", "kube-router")]
    [InlineData("KUBE-POD-FW-A1B2", "kube-router")]
    [InlineData("KUBE-NWPLCY-DEFAULT", "kube-router")]
    [InlineData("KUBE-HP-XYZ", "kubelet-hostport")]
    [InlineData("cali-FORWARD", "calico")]
    [InlineData("cali-pi-_abc", "calico")]
    [InlineData("CILIUM_FORWARD", "cilium")]
    [InlineData("OLD_CILIUM_POST_nat", "cilium")]
    [InlineData("FLANNEL-FWD", "flannel")]
    [InlineData("KILO-NAT", "kilo")]
    [InlineData("ANTREA-POSTROUTING", "antrea")]
    [InlineData("WEAVE", "weave")]
    [InlineData("WEAVE-NPC-INGRESS", "weave")]
    [InlineData("SUBMARINER-POSTROUTING", "submariner")]
    [InlineData("CNI-HOSTPORT-DNAT", "cni-portmap")]
    [InlineData("CNI-DN-0a1b2c", "cni-portmap")]
    [InlineData("CNI-FORWARD", "cni-firewall")]
    [InlineData("CNI-5a9d2e", "cni-ipmasq")]
    [InlineData("DOCKER", "docker")]
    [InlineData("DOCKER-ISOLATION-STAGE-1", "docker")]
    [InlineData("NETAVARK-ABC", "podman")]
    [InlineData("IN_public_allow", "firewalld")]
    [InlineData("FWDI_trusted", "firewalld")]
    [InlineData("INPUT_direct", "firewalld")]
    [InlineData("FORWARD_IN_ZONES", "firewalld")]
    [InlineData("ufw-before-forward", "ufw")]
    [InlineData("ufw6-user-input", "ufw")]
    [InlineData("LIBVIRT_FWI", "libvirt")]
    [InlineData("ts-input", "tailscale")]
    [InlineData("NETBIRD-RT-FWD-IN", "netbird")]
    [InlineData("ISTIO_REDIRECT", "istio")]
    [InlineData("PROXY_INIT_OUTPUT", "linkerd")]
    [InlineData("f2b-sshd", "fail2ban")]
    [InlineData("AWS-SNAT-CHAIN-0", "aws-vpc-cni")]
    [InlineData("AZURECNIINPUT", "azure-cni")]
    [InlineData("GKE-METADATA", "gke")]
    [InlineData("IP-MASQ-AGENT", "ip-masq-agent")]
    [InlineData("LIQO-FORWARD", "liqo")]
    [InlineData("kubespan_prerouting", "kubespan")]
    [InlineData("FORWARD", "unknown")]
    [InlineData("KUBE", "unknown")]
    [InlineData("docker", "unknown")] // names of chains keep their case
    [InlineData("my-ufw-chain", "unknown")]
    [InlineData("", "unknown")]
    public void OfChain_Name_GivesTheOwner(string chain, string owner) => RuleOwners.OfChain(chain).Owner.Name.ShouldBe(owner);

    [Theory]
    [InlineData("kube-proxy", "kube-proxy")]
    [InlineData("flannel-ipv6", "flannel")]
    [InlineData("calico", "calico")]
    [InlineData("firewalld", "firewalld")]
    [InlineData("wg-quick-wg0", "wg-quick")]
    [InlineData("cni_hostport", "cni-portmap")]
    [InlineData("docker-bridges", "docker")]
    [InlineData("io.systemd.nat", "systemd-networkd")]
    [InlineData("libvirt_network", "libvirt")]
    [InlineData("netavark", "podman")]
    [InlineData("mullvad", "mullvad")]
    [InlineData("nm-shared-eth0", "networkmanager")]
    [InlineData("f2b-table", "fail2ban")]
    [InlineData("filter", "unknown")]
    [InlineData("nat", "unknown")]
    public void Of_NfTable_OwnsAllItsChains(string table, string owner)
    {
        var found = RuleOwners.Of(Table(table), Chain("forward"));
        found.Owner.Name.ShouldBe(owner);
        if (owner != "unknown") (found.Proof, found.By, found.Evidence).ShouldBe((OwnerProof.Certain, OwnerTrait.Table, table));
    }

    [Fact]
    public void Of_LegacyTable_IsNotAskedByItsName() =>
        RuleOwners.Of(Table("kube-proxy") with { Backend = NetfilterBackend.Legacy }, Chain("FORWARD")).ShouldBe(RuleOwnership.Unknown);

    [Fact]
    public void Of_RuleInAnOwnedChain_IsTheChainOwnersWhateverItJumpsTo()
    {
        var found = RuleOwners.Of(Table("nat"), Chain("KUBE-SVC-X"), Rule(Jump("KUBE-MARK-DROP"), "cali:abc"));
        (found.Owner.Name, found.Proof, found.By).ShouldBe(("kube-proxy", OwnerProof.Certain, OwnerTrait.Chain));
    }

    [Fact]
    public void Of_RuleInABuiltinChain_IsOwnedByItsJumpBeforeItsComment()
    {
        var found = RuleOwners.Of(Table("filter"), Chain("FORWARD"), Rule(Jump("cali-FORWARD"), "kubernetes forwarding rules"));
        (found.Owner.Name, found.Proof, found.By, found.Evidence).ShouldBe(("calico", OwnerProof.Strong, OwnerTrait.Jump, "cali-FORWARD"));
    }

    [Theory]
    [InlineData("Kilo: forward packets from the pod subnet", "kilo")]
    [InlineData("flanneld forward", "flannel")]
    [InlineData("wg-quick(8) rule for wg0", "wg-quick")]
    [InlineData("cali:wUHhoiAYhphO9Mso", "calico")]
    [InlineData("NodeLocal DNS Cache: allow DNS traffic", "node-local-dns")]
    [InlineData("AWS, primary ENI", "aws-vpc-cni")]
    [InlineData("proxy-init/install-proxy-init-prerouting/1", "linkerd")]
    [InlineData("opened for the backup server", "unknown")]
    public void Of_RuleInABuiltinChain_IsOwnedByItsComment(string comment, string owner)
    {
        var found = RuleOwners.Of(Table("filter"), Chain("FORWARD"), Rule(new VerdictExpression(Verdict.Drop), comment));
        found.Owner.Name.ShouldBe(owner);
        found.Proof.ShouldBe(owner == "unknown" ? OwnerProof.None : OwnerProof.Strong);
    }

    [Theory]
    [InlineData("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", "docker")]
    [InlineData("iifname \"virbr0\" accept", "libvirt")]
    [InlineData("iifname { \"tailscale0\", \"eth0\" } accept", "tailscale")]
    [InlineData("ip saddr 10.0.0.0/8 oifname \"eth0\" masquerade", "unknown")]
    public void Of_RuleThatNamesADevice_IsWeaklyItsOwners(string text, string owner)
    {
        var found = RuleOwners.Of(Table("nat"), Chain("POSTROUTING"), Rule(new MasqueradeExpression(), null), text);
        found.Owner.Name.ShouldBe(owner);
        found.Proof.ShouldBe(owner == "unknown" ? OwnerProof.None : OwnerProof.Weak);
    }

    [Fact]
    public void Of_RuleInAChainOfACommonName_IsOwnedByABetterSignOnItself()
    {
        // People fill DOCKER-USER; a rule there that says whose it is belongs to that one.
        var chain = Chain("DOCKER-USER");
        RuleOwners.Of(Table("filter"), chain, Rule(Jump("ufw-user-forward"), null)).Owner.Name.ShouldBe("ufw");
        var plain = RuleOwners.Of(Table("filter"), chain, Rule(new VerdictExpression(Verdict.Drop), null));
        (plain.Owner.Name, plain.Proof).ShouldBe(("docker", OwnerProof.Strong));
    }

    [Fact]
    public void Signatures_AreUniqueAndNeverMatchEverything()
    {
        OwnerSignatures.All.GroupBy(s => (s.Trait, s.Pattern)).Where(g => g.Count() > 1).ShouldBeEmpty();
        OwnerSignatures.All.ShouldAllBe(s => s.Weight > 2 && !s.Matches("FORWARD") && !s.Matches("eth0") && !s.Matches("filter"));
    }

    private static NetfilterTable Table(string name) => new() { Backend = NetfilterBackend.NfTables, Family = NetfilterFamily.Ipv4, Name = name };

    private static NetfilterChain Chain(string name) => new() { Name = name };

    private static VerdictExpression Jump(string chain) => new(new Verdict(VerdictKind.Jump, chain));

    private static NetfilterRule Rule(Expression last, string? comment) => new() { Handle = 1, Comment = comment, Expressions = [last] };
}
