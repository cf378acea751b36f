// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Collection;

/// <summary>Drops from the facts of a window's start what growth and moves are not made of: they are held during the whole window.</summary>
internal static class CountersOnly
{
    public static NamespaceFacts Of(NamespaceFacts facts) => facts with
    {
        KernelWireGuard = Of(facts.KernelWireGuard),
        UserspaceWireGuard = Of(facts.UserspaceWireGuard),
        UapiSocketProblems = [],
        Netfilter = null,
    };

    private static Fact<IReadOnlyList<WireGuardDeviceFact>> Of(Fact<IReadOnlyList<WireGuardDeviceFact>> fact) =>
        fact.Value is { } devices ? fact with { Value = [.. devices.Select(Of)] } : fact;

    private static WireGuardDeviceFact Of(WireGuardDeviceFact device) => device with
    {
        Peers = [.. device.Peers.Select(peer => new WireGuardPeerFact
        {
            PublicKey = peer.PublicKey,
            Received = peer.Received,
            Sent = peer.Sent,
            // An endpoint that moves during the window is a sign of its own.
            Endpoint = peer.Endpoint,
        })],
    };
}
