// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: the address that a node publishes for its tunnel is none of its own, and can be no translated one: it lies on a segment of the node, another node
/// has it, or others reach the node at an address of its own.
/// Threshold: Critical where nodes that use the published address get no answer; a warning while everybody learnt a better one from the node's own packets.
/// Traps: public addresses of 1:1 translation are on no interface; ones that the Node object lists, or by which anyone has a living session, are right.
/// </summary>
internal sealed class EndpointDriftRule : IRule
{
    public RuleDescriptor Descriptor { get; } = new("WG-CNI-ENDPOINT-DRIFT", Layer.Cni, Severity.Critical, "A node publishes an address that it does not have")
    {
        Precedence = Rules.Precedence.ControlPlane + 3,
        StopsHandshake = true,
        Reach = Reach.Tunnels,
        ExplainedBy = ["WG-CNI-AGENT-DOWN"],
        Explanation = "Other nodes send to the address that is published. Where the node itself speaks first they learn the right one from its packets, and everything works until "
            + "their agents write the published one again.",
        FalsifiedBy = "`ip addr` on the node lists the address, or something in front of the node translates it.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var publication in Publication.All(mesh))
        {
            if (publication is not { Own: { EndpointFrom: not null, Endpoints.Count: > 0 } own, Device: { } device } || !Safe.WasRead(device.Namespace.Facts.Addresses)) continue;
            foreach (var address in own.Endpoints.Where(address => !Outer.Has(device.Node, address) && !own.Node.Addresses.Contains(address)).Distinct())
            {
                if (Judge(mesh, publication, address) is { } finding) yield return finding;
            }
        }
    }

    private RuleFinding? Judge(MeshModel mesh, Publication publication, IpAddr address)
    {
        var device = publication.Device;
        var users = device.HeldBy.FindAll(entry => !entry.IsCounted && entry.Endpoint?.Address == address);
        var dead = users.FindAll(entry => Outer.Fails(mesh, entry));
        var certain = Certain(mesh, publication, address);
        // An idle session may be from before the address changed.
        if (users.Exists(entry => Session.State(entry, mesh.Thresholds) == SessionState.Fresh && (certain is null || entry.Fact.Received.Grew))) return null;
        var reason = certain ?? (dead.Count > 0 ? ReachedElsewhere(mesh, device, address.Family) : null);
        return reason is null ? null : Build(publication, address, dead, reason);
    }

    private static string? Certain(MeshModel mesh, Publication publication, IpAddr address)
    {
        var device = publication.Device;
        if (mesh.Addresses.OwnerOf(address) is { } owner && owner.Node != device.Node) return $"{owner.Node.Name} has it";
        if (mesh.Cluster.Nodes.FirstOrDefault(node => node.Name != device.Node.Facts.Node && node.Addresses.Contains(address)) is { } other) return $"{DisplayText.NodeName(other.Name)} has it";
        return Outer.IsOnSegment(device, address) ? $"it lies on a segment of {device.Node.Name}, which does not have it" : null;
    }

    private static string? ReachedElsewhere(MeshModel mesh, DeviceView device, IpFamily family) =>
        device.HeldBy.Find(entry => !entry.IsCounted && entry.Endpoint is { } works && works.Address.Family == family && Outer.Has(device.Node, works.Address)
            && Session.State(entry, mesh.Thresholds) == SessionState.Fresh) is { } reached
            ? $"{reached.Device.Node.Name} reaches {device.Node.Name} at {reached.Endpoint!.Value.Address}"
            : null;

    private RuleFinding Build(Publication publication, IpAddr address, List<PeerView> dead, string reason)
    {
        var (device, own) = (publication.Device, publication.Own!);
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"Node {device.Node.Name} publishes {address} for {device.Name}, which it does not have"
                + (dead.Count > 0 ? $": {DisplayText.Join(dead.Select(entry => entry.Device.Node.Name), 3)} {(dead.Count == 1 ? "sends" : "send")} there in vain." : "; others know a better address only until their agents write this one again."),
            Confidence = dead.Count > 0 ? 0.93 : 0.85,
            Severity = dead.Count > 0 ? Descriptor.Severity : Severity.Warning,
            Family = address.Family,
        };
        draft.Evidence(device, $"annotation {own.EndpointFrom}", $"{address}; {reason}", DisplayText.Join(Outer.Addresses(device, address.Family).Select(one => one.Address), 3), "kubernetes api");
        draft.Evidence(device, "ip addr", DisplayText.Join(Outer.Addresses(device, address.Family).Select(one => one.Address), 3), null, "rtnetlink");
        foreach (var entry in dead) draft.Evidence(entry.Device, $"wg show {entry.Device.Name} endpoints", entry.Endpoint!.Value.ToString(), null).Affects(entry, TunnelState.NoHandshake);
        return draft.Build();
    }
}
