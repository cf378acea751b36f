// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>
/// Signal: pods hang on a bridge, kube-proxy's chains translate Services, and bridged packets do not pass iptables (the sysctl is 0, or br_netfilter is not loaded).
/// Threshold: two ports at least; kube-proxy's chain for the family.
/// Traps: no fault of the tunnel, and told apart from it; routed pods (Calico, Cilium) have no bridge; a bridge may have the switch for itself; IPVS and BPF
/// have no such chain.
/// </summary>
internal sealed class BridgeNetfilterRule : IRule
{
    /// <summary>kube-proxy's first chain in the nat table; the name is part of what it documents.</summary>
    private const string ServiceChain = "KUBE-SERVICES";

    public RuleDescriptor Descriptor { get; } = new("WG-BRIDGE-NETFILTER", Layer.Forwarding, Severity.Warning, "Bridged packets do not pass iptables")
    {
        Precedence = Rules.Precedence.Beyond + 7,
        Explanation = "A pod that calls a Service whose backend is on the same node and bridge gets its answer straight over the bridge. Without br_netfilter the answer is not translated back, "
            + "comes from an address the pod never called, and is dropped. Tunnels are not concerned.",
        FalsifiedBy = "`sysctl net.bridge.bridge-nf-call-iptables` says 1, or Services on the same node work from a pod.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh) =>
        from node in mesh.Nodes
        where node.Namespaces is [{ Devices.Count: > 0, Facts.Sysctls.Value: not null, Facts.Netfilter.Value: not null }, ..]
        let ns = node.Namespaces[0]
        from family in new[] { IpFamily.IPv4, IpFamily.IPv6 }
        let name = family == IpFamily.IPv4 ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables"
        let value = ns.Sysctl(name)
        where value is null or 0
        let bridge = ns.Links.FirstOrDefault(link => IsPodBridge(ns, link, family))
        where bridge is not null && Translates(ns.Facts.Netfilter!.Value!, family)
        select Build(ns, family, name, value, bridge);

    private static bool IsPodBridge(NamespaceView ns, LinkFact link, IpFamily family) =>
        link is { Kind: "bridge", Up: true }
        && (family == IpFamily.IPv4 ? link.Detail?.Bridge?.NfCallIptables : link.Detail?.Bridge?.NfCallIp6tables) is not true
        && ns.AddressesOn(link.Index).Any(address => address.Address.Family == family && !address.Address.IsLinkLocal)
        && ns.Links.Count(port => port.Master == link.Index && port is { Kind: "veth", PeerInOtherNamespace: true }) >= 2;

    private static bool Translates(NetfilterFact filters, IpFamily family) => (filters.Tables ?? []).Any(table =>
        table.Name == "nat" && table.Family == (family == IpFamily.IPv4 ? NetfilterFamily.Ipv4 : NetfilterFamily.Ipv6) && table.Chains.Any(chain => chain.Name == ServiceChain && chain.Rules.Count > 0));

    private RuleFinding Build(NamespaceView ns, IpFamily family, string name, long? value, LinkFact bridge)
    {
        var draft = new FindingDraft(Descriptor, ns.Devices[0])
        {
            Message = $"On {ns.Node.Name} bridged IPv{(int)family} packets of {DisplayText.Name(bridge.Name)} do not pass iptables ({(value is null ? "br_netfilter is not loaded" : $"{name} = 0")}): Services with a backend on the same node fail there.",
            Confidence = 0.85,
            Family = family,
            Place = ns,
        };
        draft.Evidence(ns, $"sysctl {name}", value is null ? "no such file" : "0", "1", "/proc/sys/net");
        draft.Evidence(ns, $"bridge link show master {DisplayText.Name(bridge.Name)}", $"{ns.Links.Count(port => port.Master == bridge.Index)} ports", null);
        return draft.Mend(new NamespaceCommands(ns).Sysctl(name, 1, 0)).Build();
    }
}
