// SPDX-License-Identifier: Apache-2.0

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Reading;
using KubeWgDiag.Operator.Intake.Sharing;

namespace KubeWgDiag.Operator.Intake;

/// <summary>
/// Reads the answer of a NodeProbe. Everything in it is hostile until checked: a node that was taken over can write what it likes into its own
/// NodeProbe, and must not speak for another node, fill the operator's memory, or put control characters onto somebody's terminal.
/// </summary>
internal static class ReportIntake
{
    /// <summary>The checked metadata of the facts, with what thousands of nodes have in common kept once.</summary>
    private static readonly JsonTypeInfo<NodeFacts> FactsJson = CheckedFactsJson.NodeFactsWith(FactsSharing.Modify);

    // Stored objects never change, so an answer is parsed once however often its run is reconciled. Entries go with their objects.
    private static readonly ConditionalWeakTable<NodeProbe, NodeReport> Known = [];

    private static readonly AnswerMemory Answers = new();

    /// <summary>The checked answer to the run that the NodeProbe's spec asks for.</summary>
    public static NodeReport Read(NodeProbe probe) => Known.GetValue(probe, Check);

    /// <summary>
    /// The NodeProbe as a cache keeps it: its answer is checked at arrival, and the JSON is let go. <see cref="Read"/> gives the answer, which lives as long as
    /// the object.
    /// </summary>
    public static NodeProbe Keep(NodeProbe probe)
    {
        if (probe.Status is not { } status)
            return probe;
        var report = Check(probe);
        var kept = probe with { Status = status with { Facts = null, Findings = null, CouldNotCheck = null } };
        Known.Add(kept, report);
        return kept;
    }

    private static NodeReport Check(NodeProbe probe)
    {
        if (probe.Spec is not { } spec || probe.Status is not { } status || status.Run != spec.Run)
            return new NodeReport.Silent(null);
        return status.Phase switch
        {
            NodeProbePhase.Failed => new NodeReport.Failed(PlainText.CleanOr(status.Message, 1024, "the probe gave no reason")),
            NodeProbePhase.Complete => CheckAnswer(status, spec.NodeName),
            _ => new NodeReport.Silent(status.StartTime),
        };
    }

    private static NodeReport CheckAnswer(NodeProbeStatus status, string nodeName)
    {
        if (status.Facts is not { ValueKind: JsonValueKind.Object } json)
            return new NodeReport.Invalid("the status is complete but holds no facts");
        if (StatusBytes.Of(status) > StatusBytes.Max)
            return new NodeReport.Invalid($"the status is larger than {StatusBytes.Max} bytes");
        // A watch brings the same answer again: with other metadata, with the deletion, after a new list.
        return Answers.GetOrAdd(JsonMarshal.GetRawUtf8Value(json), nodeName, () => CheckFacts(json, nodeName));
    }

    private static NodeReport CheckFacts(JsonElement json, string nodeName)
    {
        if (FactsScreen.FaultOf(JsonMarshal.GetRawUtf8Value(json), FactsLimits.Report) is { } screened)
            return new NodeReport.Invalid(screened.Reason);
        var (facts, fault) = Parse(json);
        return facts is null
            ? new NodeReport.Invalid(fault ?? "the facts do not have the form of their version")
            : FactsCheck.FaultOf(facts, nodeName) is { } wrong ? new NodeReport.Invalid(wrong) : new NodeReport.Facts(facts);
    }

    private static (NodeFacts? Facts, string? Fault) Parse(JsonElement json)
    {
        try
        {
            return (json.Deserialize(FactsJson), null);
        }
        catch (FactsRefusedException refused)
        {
            return (null, $"{refused.Reason} (at {PlainText.CleanOr(refused.Path, 160, "?")})");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // The text of such an exception quotes the input; the path has only names that passed the screen.
            return (null, error is JsonException { Path: { } path }
                ? $"the facts do not have the form of their version (at {PlainText.CleanOr(path, 160, "?")})"
                : null);
        }
    }
}
