// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>Every profile there is, written by hand.</summary>
internal static class CniProfiles
{
    public static IReadOnlyList<CniProfile> All { get; } =
    [
        FlannelProfile.Value,
        CalicoProfile.Value,
        CiliumProfile.Value,
        KiloProfile.Value,
        AntreaProfile.Value,
        SubmarinerProfile.Value,
        NetBirdProfile.Value,
        TailscaleProfile.Value,
        NetmakerProfile.Value,
        KubeSpanProfile.Value,
        LiqoProfile.Value,
        WgQuickProfile.Value,
        NetworkdProfile.Value,
    ];
}
