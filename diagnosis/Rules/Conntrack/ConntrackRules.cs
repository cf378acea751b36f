// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Conntrack;

/// <summary>Connection tracking.</summary>
internal static class ConntrackRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new ConntrackFullRule(),
        new ConntrackInvalidDropRule(),
        new ConntrackZoneClashRule(),
        new ConntrackNotrackRule(),
        new ConntrackUnrepliedRule(),
    ];
}
