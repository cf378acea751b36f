// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Leaves out healthy peers and what is there because of them. A device says how many of its peers are not listed.</summary>
internal static class HealthyPeersCut
{
    public static (NodeFacts Facts, int Removed) Peers(NodeFacts facts, HealthyPeers healthy) => FactsCut.PerNamespace(facts, space =>
    {
        var removed = 0;
        return (
            space with
            {
                KernelWireGuard = Cut(space.KernelWireGuard, healthy, ref removed),
                UserspaceWireGuard = Cut(space.UserspaceWireGuard, healthy, ref removed),
            },
            removed);
    });

    /// <summary>Routes into a tunnel for prefixes that no listed peer has.</summary>
    public static (NodeFacts Facts, int Removed) Routes(NodeFacts facts, HealthyPeers healthy) => FactsCut.PerNamespace(facts, space =>
    {
        var (scope, removed) = (new TunnelScope(space), 0);
        return (space with { Routes = FactsCut.Keep(space.Routes, r => r.Destination.IsDefault || scope.Touches(r.Destination), ref removed) }, removed);
    });

    private static Fact<IReadOnlyList<WireGuardDeviceFact>> Cut(Fact<IReadOnlyList<WireGuardDeviceFact>> fact, HealthyPeers healthy, ref int removed)
    {
        if (fact.Value is not { } devices) return fact;
        var changed = new List<WireGuardDeviceFact>(devices.Count);
        foreach (var device in devices)
        {
            var kept = device.Peers.Where(p => !healthy.Contains(device, p)).ToList();
            var omitted = device.Peers.Count - kept.Count;
            removed += omitted;
            changed.Add(device with { Peers = kept, OmittedPeers = device.OmittedPeers + omitted });
        }

        return fact with { Value = changed };
    }
}
