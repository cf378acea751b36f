// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>The graph of what explains what, by code and by what the two findings share.</summary>
internal static class Explains
{
    private const string Down = "WG-IFACE-DOWN";
    private const string NoAddress = "WG-IFACE-NO-ADDRESS";
    private const string Overlap = "WG-ALLOWEDIPS-OVERLAP";
    private const string RouteMissing = "WG-ROUTE-MISSING";

    /// <summary>Codes that stop the handshake itself; the others leave it fresh.</summary>
    private static readonly HashSet<string> StopHandshakes = new(StringComparer.Ordinal)
    {
        Down, "WG-PEER-MISSING", "WG-KEY-DRIFT", "WG-ENDPOINT-WRONG-PORT",
    };

    /// <summary>True when the first finding is the reason for the second.</summary>
    public static bool Finding(RuleFinding cause, RuleFinding effect)
    {
        if (cause.Device != effect.Device) return false;
        var sameFamily = cause.Family is null || effect.Family is null || cause.Family == effect.Family;
        return (cause.Rule.Code, effect.Rule.Code) switch
        {
            (Down, NoAddress or RouteMissing) => true,
            // The kernel removes a device's routes with its last address of the family.
            (NoAddress, RouteMissing) => sameFamily,
            // The thief took one prefix of several; the rest of the entry was lost in the same write.
            (Overlap, "WG-ALLOWEDIPS-MISSING-DST" or "WG-ALLOWEDIPS-MISSING-SRC") =>
                effect.Effects.All(own => cause.Effects.Any(other => other.Tunnel == own.Tunnel)),
            _ => false,
        };
    }

    /// <summary>True when the finding keeps the tunnel's handshake from completing.</summary>
    public static bool Handshake(RuleFinding cause, PeerView tunnel) =>
        StopHandshakes.Contains(cause.Rule.Code)
        && cause.Finding.Severity > Findings.Severity.Info
        && cause.Effects.Any(effect => effect.Tunnel == tunnel || effect.Tunnel == tunnel.Reverse);
}
