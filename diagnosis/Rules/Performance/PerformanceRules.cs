// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Performance;

/// <summary>Loss and slowness, by what grew during the observation.</summary>
internal static class PerformanceRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new QueueDropRule(),
        new RateLimitRule(),
        new ReorderRule(),
        new PathLossRule(),
        new NoSimdRule(),
        new SingleQueueRule(),
        new SoftnetDropRule(),
        new UdpBufferRule(),
        new CpuSoftIrqRule(),
        new CpuThrottledRule(),
        new StagedQueueRule(),
    ];
}
