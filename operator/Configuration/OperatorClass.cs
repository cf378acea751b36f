// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>Which diagnoses belong to an operator, by their label <see cref="CrdLabels.Class"/>.</summary>
internal static class OperatorClass
{
    /// <summary>The label selector of a class's diagnoses.</summary>
    /// <param name="class">A label value that <see cref="IsValid"/>; null = diagnoses without the label.</param>
    public static string Selector(string? @class) => @class is null ? $"!{CrdLabels.Class}" : $"{CrdLabels.Class}={@class}";

    /// <summary>True for a label value that is not empty: an empty one would be told from "no class" by nobody.</summary>
    public static bool IsValid(string @class) => @class.Length > 0 && LabelSyntax.IsValue(@class);
}
