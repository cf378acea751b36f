// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Forwarding;

/// <summary>What the receiving host does with packets that are not its own.</summary>
internal static class ForwardingRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new SysctlResetRule(),
        new ForwardingDisabledRule(),
        new ForwardingDeviceOffRule(),
        new ForwardingIpv6Rule(),
        new BridgeNetfilterRule(),
    ];
}
