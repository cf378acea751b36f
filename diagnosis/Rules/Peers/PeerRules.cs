// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Peers;

/// <summary>Keys, endpoints and who has whom as a peer.</summary>
internal static class PeerRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new PeerMissingRule(),
        new KeyDriftRule(),
        new EndpointWrongPortRule(),
    ];
}
