// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Cni;
using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Cni;

/// <summary>
/// Signal: test datagrams to the node itself come out of Cilium's device and reach no socket.
/// Threshold: three, most of them decrypted, none delivered, and no policy dropped anything meanwhile.
/// Traps: a policy for hosts looks the same, so the drop counters must have been read; silent while nobody tested.
/// </summary>
internal sealed class NodeEncryptionLossRule : IRule
{
    private const int Enough = 3;

    public RuleDescriptor Descriptor { get; } = new("WG-CILIUM-NODE-ENCRYPTION-LOSS", Layer.Cni, Severity.Error, "Decrypted packets to the node itself get lost")
    {
        Precedence = Rules.Precedence.Receiver + 3,
        Reach = Reach.Entries,
        Explanation = "With node encryption some versions of Cilium lose packets to the host after decryption, because a hook or a route that hands them on is missing. Pods are not "
            + "concerned, and every counter of the tunnel looks right.",
        FalsifiedBy = "The packets are seen by a socket on the node, or a policy drops them.",
    };

    public IEnumerable<RuleFinding> Evaluate(MeshModel mesh)
    {
        foreach (var device in mesh.Devices.Where(device => Safe.List(device.Node.Facts.InnerTests).Count > 0 && mesh.OwnerOf(device).Is(CiliumProfile.Value)))
        {
            if (!Safe.WasRead(device.Node.Facts.DatapathDrops) || Safe.List(device.Node.Facts.DatapathDrops).Any(drop => drop.Packets.Grew)) continue;
            var lost = Safe.List(device.Node.Facts.InnerTests).Where(test => test.Device == device.RawName && IsLost(test)).ToList();
            if (lost.Count > 0) yield return Build(device, lost);
        }
    }

    private static bool IsLost(InnerTestFact test) => test.Sent >= Enough && test.Decrypted * 2 > test.Sent && test.Delivered == 0;

    private RuleFinding Build(DeviceView device, List<InnerTestFact> lost)
    {
        var draft = new FindingDraft(Descriptor, device)
        {
            Message = $"On {device.Node.Name} packets for the node itself come out of {device.Name} and reach no socket.",
            Confidence = 0.85,
        };
        foreach (var test in lost)
        {
            var peer = PublicKeys.Canonical(test.PeerKey) is { } key ? device.PeerByKey(key) : null;
            draft.Evidence(device, $"test datagrams from {peer?.RemoteName ?? "another node"}", $"{test.Decrypted} of {test.Sent} decrypted, {test.Delivered} delivered", "all delivered", "probe");
            draft.Affects(peer?.Reverse, TunnelState.DroppedAfterDecrypt);
        }

        return draft.Build();
    }
}
