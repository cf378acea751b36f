// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Rules.Interface;

/// <summary>What the three rules about devices that are not there have in common.</summary>
internal static class LostDeviceFindings
{
    public static FindingDraft Draft(RuleDescriptor rule, LostDevice lost, string message, double confidence)
    {
        var draft = new FindingDraft(rule, lost.Holders[0].Device)
        {
            Message = message,
            Confidence = confidence,
            Place = lost.Host,
            PlaceDevice = lost.Name is { } name ? DisplayText.Name(name) : null,
        };
        foreach (var entry in lost.Holders.Take(4))
        {
            draft.Evidence(entry.Device, $"wg show {entry.Device.Name} endpoints", $"a peer at {entry.Endpoint}, an address of {lost.Host.Node.Name}", null);
            draft.Affects(entry, TunnelState.NoHandshake);
        }

        foreach (var entry in lost.Holders.Skip(4)) draft.Affects(entry, TunnelState.NoHandshake);
        return draft;
    }

    public static FindingDraft Usurped(RuleDescriptor rule, LostDevice lost, string message, double confidence)
    {
        var link = lost.Usurper!;
        var draft = Draft(rule, lost, message, confidence);
        draft.Evidence(lost.Host, $"ip -d link show {DisplayText.Name(link.Name)}", $"kind {DisplayText.Name(link.Kind ?? "none")}{(link.LowerUp ? "" : ", no carrier")}", "kind wireguard, or tun with a WireGuard program");
        draft.Mend(new NamespaceCommands(lost.Host).DeleteLink(link));
        return draft;
    }
}
