// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Handshake;

/// <summary>Symptoms of the handshake itself.</summary>
internal static class HandshakeRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new HandshakeNeverRule(),
        new HandshakeStaleRule(),
    ];
}
