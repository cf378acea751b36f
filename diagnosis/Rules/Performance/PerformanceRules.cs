// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>Loss and slowness, by what grew during the observation.</summary>
internal static class PerformanceRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new PathLossRule(),
        new SoftnetDropRule(),
        new UdpBufferRule(),
        new CpuSoftIrqRule(),
        new CpuThrottledRule(),
        new StagedQueueRule(),
    ];
}
