// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Chaos.Operators;

/// <summary>What two replicas are told beside where things are.</summary>
internal static class OperatorArguments
{
    /// <summary>One of the two works; a killed one is replaced after four seconds at the latest.</summary>
    public static IReadOnlyList<string> Election { get; } = ["--leader-elect", "--lease-seconds", "4"];
}
