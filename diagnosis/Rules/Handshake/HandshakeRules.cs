// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>Symptoms of the handshake itself.</summary>
internal static class HandshakeRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new UdpDpiBlockRule(),
        new HandshakeDscpDropRule(),
        new HandshakeUnderLoadRule(),
        new DataOnlyDropRule(),
        // The first that shows is taken, so the umbrellas come last.
        new HandshakeResponseLostRule(),
        new UdpBlockedPathRule(),
        new HandshakeNeverRule(),
        new HandshakeStaleRule(),
    ];
}
