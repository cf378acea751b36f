// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>
/// Signal: the tunnel address of a device is also an address of another node of the same mesh.
/// Threshold: none. At fault is the node for which the others do not hold the address in AllowedIPs.
/// Traps: anycast and virtual addresses on dummy or lo are on no WireGuard device; link-local ones mean something else on each link; two meshes may use the
/// same network.
/// </summary>
internal sealed class AddressDuplicateRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-ADDR-DUPLICATE", Layer.Address, Severity.Error, "Two nodes have one tunnel address")
    {
        Precedence = Rules.Precedence.Device + 6,
        Explanation = "A node drops packets whose source is one of its own addresses (a martian source), and answers packets to such an address itself. Between the two nodes "
            + "nothing passes, and third nodes reach whichever of them AllowedIPs name.",
        FalsifiedBy = "`ip addr` shows the address on one of the two nodes only.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var group in mesh.Meshes)
        {
            var devices = group.ToList();
            var places = devices.Select(device => device.Namespace).Distinct()
                .SelectMany(ns => ns.Addresses.Where(IsOwn).Select(address => (address.Address, Ns: ns, Fact: address)))
                .ToLookup(item => item.Address);
            var tunnel = devices.SelectMany(device => device.Addresses(IpFamily.IPv4).Concat(device.Addresses(IpFamily.IPv6)).Select(address => (Device: device, address.Address)));
            foreach (var (address, owners) in tunnel.GroupBy(item => item.Address).Select(item => (item.Key, item.Select(owner => owner.Device).Distinct().ToList())).OrderBy(item => item.Key))
            {
                var twins = places[address].DistinctBy(item => item.Ns).ToList();
                if (twins.Select(twin => twin.Ns.Node).Distinct().Count() < 2) continue;
                var rightful = owners.MaxBy(owner => owner.HeldBy.Count(entry => entry.Covers(IpPrefix.Host(address))))!;
                foreach (var twin in twins.Where(twin => twin.Ns.Node != rightful.Node && IsInMesh(twin.Ns, rightful)))
                    yield return Build(devices.First(device => device.Namespace == twin.Ns), rightful, twin.Fact);
            }
        }
    }

    private static bool IsOwn(AddressFact address) => !address.Address.IsLinkLocal && !address.Address.IsLoopback;

    // Only between peers does one's address hurt the other.
    private static bool IsInMesh(NamespaceView ns, DeviceView rightful) => ns.Devices.Exists(device => device.MeshId == rightful.MeshId);

    private RuleFinding Build(DeviceView device, DeviceView rightful, AddressFact twin)
    {
        var link = device.Namespace.LinkName(twin.Link);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"{device.Node.Name} has {twin.Address} on {link}, which is the tunnel address of {rightful.Node.Name}; each drops the other's packets as its own.",
            Confidence = 0.95,
            Family = twin.Address.Family,
            Prefixes = [IpPrefix.Host(twin.Address)],
        };
        draft.Evidence(device, $"ip addr show to {twin.Address}", $"on {link}", "not there", "rtnetlink");
        draft.Evidence(rightful, $"ip addr show to {twin.Address}", $"on {rightful.Name}", null, "rtnetlink");
        draft.Mend(new NamespaceCommands(device.Namespace).DeleteAddress(twin));
        foreach (var entry in device.Peers.Where(peer => peer.Remote == rightful)) draft.Affects(entry, TunnelState.NotRoutedIn).Affects(entry.Reverse, TunnelState.DroppedAfterDecrypt);
        return draft.Build();
    }
}
