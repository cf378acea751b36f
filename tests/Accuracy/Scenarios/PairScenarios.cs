// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Accuracy.Contract;
using KubeWgDiag.Lab.Layouts;

namespace KubeWgDiag.Accuracy.Scenarios;

/// <summary>
/// Two faults at once, at places where neither hides the other: the first between A and B, the second between A and C (or C and B).
/// </summary>
internal static class PairScenarios
{
    // Faults of one direction between two nodes, or of one node: what is made of them for another pair of nodes stays apart.
    private static readonly (string First, string Second, Role Role)[] Plan =
    [
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-ALLOWEDIPS-MISSING-DST", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-ALLOWEDIPS-OVERLAP", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-PEER-MISSING", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-ENDPOINT-WRONG-PORT", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-IFACE-DOWN", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-KEY-DRIFT", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-SRC", "WG-HANDSHAKE-NEVER", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-ALLOWEDIPS-OVERLAP", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-PEER-MISSING", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-ENDPOINT-WRONG-PORT", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-IFACE-DOWN", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-KEY-DRIFT", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-ALLOWEDIPS-MISSING-DST", "WG-HANDSHAKE-NEVER", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-PEER-MISSING", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-ENDPOINT-WRONG-PORT", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-IFACE-DOWN", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-KEY-DRIFT", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-ALLOWEDIPS-OVERLAP", "WG-HANDSHAKE-NEVER", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-ALLOWEDIPS-MISSING-SRC", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-PEER-MISSING", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-ENDPOINT-WRONG-PORT", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-IFACE-DOWN", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-KEY-DRIFT", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-ROUTE-SHADOWED", "WG-HANDSHAKE-NEVER", Role.AToC),
        ("WG-PEER-MISSING", "WG-ENDPOINT-WRONG-PORT", Role.AToC),
        ("WG-PEER-MISSING", "WG-IFACE-DOWN", Role.AToC),
        ("WG-PEER-MISSING", "WG-KEY-DRIFT", Role.AToC),
        ("WG-PEER-MISSING", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-ENDPOINT-WRONG-PORT", "WG-IFACE-DOWN", Role.AToC),
        ("WG-ENDPOINT-WRONG-PORT", "WG-KEY-DRIFT", Role.AToC),
        ("WG-ENDPOINT-WRONG-PORT", "WG-FORWARDING-DISABLED", Role.AToC),
        ("WG-IFACE-DOWN", "WG-FORWARDING-DISABLED", Role.AToC),
    ];

    public static IReadOnlyList<Scenario> From(IReadOnlyList<Scenario> faults) =>
        [.. Plan.Select(p => Pair(Find(faults, p.First), Find(faults, p.Second), p.Role))];

    private static Scenario Find(IReadOnlyList<Scenario> faults, string name) =>
        faults.FirstOrDefault(f => f.Name == name && f.NotReproducible is null)
        ?? throw new InvalidOperationException($"a combination names {name}, which is no reproducible scenario");

    private static Scenario Pair(Scenario first, Scenario second, Role role) => new()
    {
        Code = first.Code,
        Title = $"{first.Title}; for {role switch { Role.AToC => "A and C", Role.CToB => "C and B", Role.BToC => "B and C", _ => "A and B" }}: {second.Title}",
        Layouts = first.Layouts & second.Layouts & Layouts.Clusters,
        Families = first.Families & second.Families,
        Implementations = first.Implementations & second.Implementations,
        Parts = [new Part(first, Role.AToB), new Part(second, role)],
    };
}
