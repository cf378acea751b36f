// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// Reads the answer of a NodeProbe. Everything in it is hostile until checked: a node that was taken over can write what it likes into its own
/// NodeProbe, and must not speak for another node, fill the operator's memory, or put control characters onto somebody's terminal.
/// </summary>
internal static class ReportIntake
{
    /// <summary>The probe keeps its whole status below 256 KiB.</summary>
    public const int MaxFactsBytes = 256 * 1024;

    private const string VersionPrefix = "facts.kubewgdiag.io/v";
    private const string SupportedMajor = "1";

    // Stored objects never change, so an answer is parsed once however often its run is reconciled. Entries go with their objects.
    private static readonly ConditionalWeakTable<NodeProbe, NodeReport> Known = [];

    /// <summary>The checked answer to the run that the NodeProbe's spec asks for.</summary>
    public static NodeReport Read(NodeProbe probe) => Known.GetValue(probe, Check);

    private static NodeReport Check(NodeProbe probe)
    {
        if (probe.Spec is not { } spec || probe.Status is not { } status || status.Run != spec.Run)
            return new NodeReport.Silent(null);
        return status.Phase switch
        {
            NodeProbePhase.Failed => new NodeReport.Failed(PlainText.Clean(status.Message, 1024) ?? "the probe gave no reason"),
            NodeProbePhase.Complete => CheckText(status.Facts, spec.NodeName),
            _ => new NodeReport.Silent(status.StartTime),
        };
    }

    private static NodeReport CheckText(JsonElement? element, string nodeName)
    {
        try
        {
            return CheckFacts(element, nodeName);
        }
        catch (InvalidOperationException)
        {
            // Strings of a JsonElement are decoded when they are read: invalid UTF-8 and lone surrogates show themselves only now.
            return new NodeReport.Invalid("the facts are not valid text");
        }
    }

    private static NodeReport CheckFacts(JsonElement? element, string nodeName)
    {
        if (element is not { ValueKind: JsonValueKind.Object } json)
            return new NodeReport.Invalid("the status is complete but holds no facts");
        if (JsonMarshal.GetRawUtf8Value(json).Length > MaxFactsBytes)
            return new NodeReport.Invalid($"the facts are larger than {MaxFactsBytes} bytes");
        if (VersionFault(json) is { } versionFault)
            return new NodeReport.Invalid(versionFault);
        if (JsonScreening.FaultOf(json) is { } screeningFault)
            return new NodeReport.Invalid(screeningFault);
        return Parse(json) is not { } facts
            ? new NodeReport.Invalid("the facts do not have the form of their version")
            : FactsCheck.FaultOf(facts, nodeName) is { } fault ? new NodeReport.Invalid(fault) : new NodeReport.Facts(facts);
    }

    private static string? VersionFault(JsonElement json)
    {
        if (!json.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.String)
            return "the facts name no version";
        var text = version.GetString()!;
        if (!text.StartsWith(VersionPrefix, StringComparison.Ordinal) || text[VersionPrefix.Length..].Split('.')[0] != SupportedMajor)
            return $"the facts have version '{PlainText.Clean(text, 64)}', this operator reads {NodeFacts.CurrentVersion}";
        return null;
    }

    private static NodeFacts? Parse(JsonElement json)
    {
        try
        {
            return json.Deserialize(FactsJsonContext.Default.NodeFacts);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // The text of such an exception quotes the input; what it says is not passed on.
            return null;
        }
    }
}
