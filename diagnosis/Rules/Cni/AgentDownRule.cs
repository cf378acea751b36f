// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: the pod of the network's agent on a node is not ready, or Kilo's sign of life is old while that of another node is not.
/// Threshold: two minutes, so that updates of a DaemonSet, node by node, pass unnoticed; Kilo itself gives up a node after 60 s.
/// Traps: a sign of life in the future is a wrong clock; where no node gives a sign of life the control plane stands still, not this agent.
/// </summary>
internal sealed class AgentDownRule : IRule
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Alive = TimeSpan.FromSeconds(60);

    public RuleDescriptor Descriptor { get; } = new("WG-CNI-AGENT-DOWN", Layer.Cni, Severity.Error, "The pod network's agent does not run on a node")
    {
        Precedence = Rules.Precedence.ControlPlane,
        Reach = Reach.Node,
        Explanation = "The kernel goes on with what the agent wrote last: existing tunnels work, but new nodes, new keys and new addresses of others never get there, and the "
            + "agent's own routes and rules are not mended any more.",
        FalsifiedBy = "The agent's pod on the node is ready, and its log shows that it handled the latest change of a node.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        if (mesh.Cluster.At is not { } now) yield break;
        foreach (var device in mesh.Nodes.Select(node => node.Devices.FirstOrDefault(device => device.Namespace.IsHost && Owner(mesh, device) is not null)).OfType<DeviceView>())
        {
            if (mesh.Cluster.Node(device.Node.Facts.Node) is not { } node || Owner(mesh, device) is not { } profile) continue;
            if (node.Agent is { Ready: false, Since: { } since } agent && (agent.Network is null || agent.Network == profile.Name) && now - since >= Patience)
                yield return Build(device, profile, $"pod {DisplayText.Name(agent.Name)}", $"not ready since {since:O}", "ready", 0.93);
            else if (profile == KiloProfile.Value && LastSeen(node) is { } seen && now - seen >= Patience && mesh.Cluster.Nodes.Any(other => LastSeen(other) is { } lives && (now - lives).Duration() <= Alive))
                yield return Build(device, profile, $"annotation {KnownAnnotations.KiloLastSeen}", $"{seen:O}", "less than 60 s ago", 0.85);
        }
    }

    private static CniProfile? Owner(MeshModel mesh, DeviceView device) =>
        mesh.OwnerOf(device) is { Proof: >= ProofLevel.Named, Profile: { Devices.Count: > 0 } profile } ? profile : null;

    private static DateTimeOffset? LastSeen(ClusterNode node) =>
        long.TryParse(node.Annotation(KnownAnnotations.KiloLastSeen), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 253402300800
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private RuleFinding Build(DeviceView device, CniProfile profile, string what, string observed, string expected, double confidence) => new FindingDraft(Descriptor, device)
    {
        Message = $"The agent of {profile.Name} on {device.Node.Name} does not run: {device.Name} stays as it was, whatever changes elsewhere.",
        Confidence = confidence,
    }.Evidence(device, what, observed, expected, "kubernetes api").Build();
}
