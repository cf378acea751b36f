// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Rules.Kernel;

/// <summary>The kernel and its module.</summary>
internal static class KernelRules
{
    public static IReadOnlyList<IRule> All { get; } =
    [
        new ModuleMissingRule(),
        new ModuleSignatureRule(),
        new KernelBugRule(),
        new ThreadedStallRule(),
        new ProbeCapabilityRule(),
        new SuspendRule(),
    ];
}
