// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Time;

/// <summary>Clocks.</summary>
internal static class TimeRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new ClockReplayRule(),
        new ClockSkewRule(),
        new HandshakeFutureRule(),
    ];
}
