// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Types of the conditions of a TunnelDiagnosis.</summary>
internal static class ConditionTypes
{
    /// <summary>The spec can be carried out.</summary>
    public const string Accepted = "Accepted";

    /// <summary>Every selected node has a working probe, or has answered.</summary>
    public const string ProbesReady = "ProbesReady";

    /// <summary>The run is over.</summary>
    public const string Complete = "Complete";

    /// <summary>The answer to the question.</summary>
    public const string TunnelsHealthy = "TunnelsHealthy";
}
