// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Walks;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Diagnosis.Paths;

/// <summary>Finds the finding that says of a node or tunnel what a path says of its failing step.</summary>
internal static class PathCauses
{
    private static readonly Layer[] Filters = [Layer.Firewall, Layer.Nat, Layer.Conntrack, Layer.Cni];
    private static readonly Layer[] Routes = [Layer.Route, Layer.Address, Layer.AllowedIPs, Layer.Interface, Layer.Namespace, Layer.Cni];
    private static readonly Layer[] Forwarding = [Layer.Forwarding, Layer.Route, Layer.Firewall, Layer.Address];
    private static readonly Layer[] Keys = [Layer.AllowedIPs, Layer.Handshake, Layer.Cni, Layer.Nat, Layer.Address, Layer.Route, Layer.Interface];

    /// <summary>The first finding in the report's order that fits; null when none does.</summary>
    public static (string Code, string RootCause)? Find(IReadOnlyList<RootCause> causes, FailedStep failed)
    {
        foreach (var cause in causes)
        {
            foreach (var finding in cause.Consequences.Prepend(cause.Finding))
            {
                if (finding.Severity > Severity.Info && IsAbout(cause, finding, failed)) return (finding.Code, cause.Finding.Code);
            }
        }

        return null;
    }

    private static bool IsAbout(RootCause cause, Finding finding, FailedStep failed)
    {
        var step = failed.Step;
        var isOfTunnel = finding.AffectedTunnels.Any(tunnel => IsBetween(tunnel, failed));
        // What stands between the nodes belongs to whatever a finding says of that tunnel.
        if (step.Place == PathPlace.Tunnel) return isOfTunnel || cause.AffectedTunnels.Any(tunnel => IsBetween(tunnel, failed));
        if (!LayersOf(failed).Contains(finding.Layer)) return false;
        if (failed.Stop?.Rule is { } rule && finding.Evidence.Any(evidence => Holds(evidence.Observed, rule.Text) || Holds(evidence.What, rule.Text))) return true;
        return isOfTunnel && (step.Place == PathPlace.Mtu || finding.Subject.Node == step.Node || finding.Subject.PeerNode == step.Node);
    }

    private static bool IsBetween(TunnelId tunnel, FailedStep failed) =>
        (tunnel.FromNode == failed.From && tunnel.ToNode == failed.To) || (tunnel.FromNode == failed.To && tunnel.ToNode == failed.From);

    private static bool Holds(string? text, string part) => part.Length > 0 && text?.Contains(part, StringComparison.Ordinal) == true;

    private static Layer[] LayersOf(FailedStep failed) => (failed.Step.Place, failed.Stop?.Kind) switch
    {
        (PathPlace.Mtu, _) => [Layer.Mtu],
        (_, WalkStopKind.FilterRule or WalkStopKind.ChainPolicy) => Filters,
        (_, WalkStopKind.ForwardingOff or WalkStopKind.ReversePath or WalkStopKind.Martian) => Forwarding,
        (PathPlace.Encryption or PathPlace.Decryption, _) => Keys,
        (PathPlace.SourceUnderlay or PathPlace.DestinationUnderlay, _) => [.. Routes, Layer.Handshake],
        _ => Routes,
    };
}
