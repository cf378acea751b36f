// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Output;

namespace KubeWgDiag.NodeProbe.Tests.Output;

/// <summary>Facts as the facts command prints them.</summary>
internal static class FactsText
{
    public static string Of(NodeFacts facts)
    {
        using var writer = new StringWriter();
        IndentedJson.Write(writer, facts);
        return writer.ToString();
    }
}
