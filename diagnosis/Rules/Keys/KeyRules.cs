// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Keys;

/// <summary>Public, private and preshared keys.</summary>
internal static class KeyRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new KeyUnsetRule(),
        new KeyDuplicateRule(),
        new KeyEphemeralRule(),
        new KeyMismatchResponderRule(),
        new PskMismatchRule(),
        new KeySelfPeerRule(),
    ];
}
