// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>JSON for standard output.</summary>
public static class IndentedJson
{
    private static readonly FactsJsonContext Facts = new(Indented(FactsJsonContext.Default.Options));
    private static readonly ReportJsonContext Reports = new(Indented(ReportJsonContext.Default.Options));

    /// <summary>Writes the facts piece by piece: as one text those of a large node would take more memory than everything else.</summary>
    public static void Write(TextWriter writer, NodeFacts facts)
    {
        using var stream = new TextWriterStream(writer);
        JsonSerializer.Serialize(stream, facts, Facts.NodeFacts);
    }

    public static string Of(DiagnosisReport report) => JsonSerializer.Serialize(report, Reports.DiagnosisReport);

    /// <summary>The relaxed encoder leaves the plus sign of base64 keys readable; it is unsafe inside HTML only, and escapes control characters.</summary>
    private static JsonSerializerOptions Indented(JsonSerializerOptions options) =>
        new(options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
