// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Lab.Faults;

/// <summary>Every fault that the lab knows.</summary>
public static class FaultCatalogue
{
    /// <summary>The one that the demo shows: the handshake stays fresh while traffic dies.</summary>
    public const string Default = "WG-ALLOWEDIPS-MISSING-SRC";

    public static IReadOnlyList<Fault> All { get; } =
        [.. HandshakeFaults.All, .. InterfaceFaults.All, .. AllowedIpsFaults.All, .. RouteFaults.All];

    /// <summary>Finds a fault by its name; null when there is none.</summary>
    public static Fault? Find(string name) => All.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
