// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics.CodeAnalysis;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Who this agent is, from the pod's environment.</summary>
/// <param name="NodeName">The node it answers for.</param>
/// <param name="DiagnosisUid">The diagnosis it belongs to.</param>
public sealed record AgentSettings(string NodeName, string DiagnosisUid)
{
    public const string NodeNameVariable = "NODE_NAME";
    public const string DiagnosisUidVariable = "DIAGNOSIS_UID";

    /// <summary>Reads both variables; what is missing or cannot be right is named in <paramref name="problem"/>.</summary>
    public static bool TryRead(
        Func<string, string?> environment,
        [NotNullWhen(true)] out AgentSettings? settings,
        [NotNullWhen(false)] out string? problem)
    {
        settings = null;
        // Both become part of selectors: a comma or an equals sign would make them select something else.
        if (!TryRead(environment, NodeNameVariable, 253, out var node, out problem)) return false;
        if (!TryRead(environment, DiagnosisUidVariable, 63, out var uid, out problem)) return false;
        settings = new AgentSettings(node, uid);
        return true;
    }

    private static bool TryRead(
        Func<string, string?> environment,
        string variable,
        int maxLength,
        [NotNullWhen(true)] out string? value,
        [NotNullWhen(false)] out string? problem)
    {
        value = environment(variable);
        problem = string.IsNullOrEmpty(value) ? $"environment variable {variable} is not set; run is for the pods that the operator starts"
            : value.Length <= maxLength && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') ? null
            : $"environment variable {variable} is no valid name: '{PlainText.OneLine(value, 80)}'";
        return problem is null;
    }
}
