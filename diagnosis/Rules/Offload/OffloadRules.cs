// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Offload;

/// <summary>Checksums that hardware or virtual devices were asked to fill in.</summary>
internal static class OffloadRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new OuterChecksumRule(),
        new InnerChecksumRule(),
        new UdpSegmentationRule(),
    ];
}
