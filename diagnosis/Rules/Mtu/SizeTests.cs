// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Tests;
using KubeWgDiag.Diagnosis.Mesh;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.Diagnosis.Rules.Mtu;

/// <summary>Reads tests of packet sizes.</summary>
internal static class SizeTests
{
    /// <summary>The test of a tunnel, inside of it or beside it; null while nobody tested.</summary>
    public static SizeTestFact? Of(PeerView peer, bool inside) => Safe.List(peer.Device.Node.Facts.SizeTests)
        .FirstOrDefault(test => test.Inside == inside && test.Device == peer.Device.RawName && PublicKeys.Canonical(test.PeerKey) == peer.Key);

    /// <summary>The largest inner packet that is known to pass: by the test inside, else by the one beside the tunnel.</summary>
    public static int? Largest(PeerView peer) => Of(peer, inside: true)?.Passed
        ?? (Of(peer, inside: false) is { Passed: { } outer, Lost: not null } ? outer - UnderlayMtu.Overhead(peer.Endpoint?.Address.Family ?? IpFamily.IPv4) : null);
}
