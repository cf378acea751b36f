// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// Says what the events of a run are; the recorder adds who reports, when and where. Pure. Repetitions that are one and the same become a series by type,
/// reason and what they are about, so a run names itself there, and a root cause itself and its node.
/// </summary>
internal static class DiagnosisEvent
{
    private const int MaxNoteBytes = 1024;
    private const int MaxRootCauses = 5;

    /// <summary>A run has begun.</summary>
    public static Event Started(TunnelDiagnosis diagnosis, string run) =>
        Build(diagnosis, run, ("Started", "Normal", $"Run {run} has begun."));

    /// <summary>A run is over: one event for it, and one for each of the first causes that somebody has to mend.</summary>
    public static IEnumerable<Event> Ended(TunnelDiagnosis diagnosis, TunnelDiagnosisStatus status)
    {
        var run = status.Run ?? "";
        foreach (var cause in (status.RootCauses ?? []).Where(cause => cause.Severity >= SeverityStatus.Warning).Take(MaxRootCauses))
        {
            var note = $"{cause.Code} on {cause.Node}: {cause.Message}";
            yield return Build(diagnosis, run, ("RootCauseFound", "Warning", note), cause);
        }

        yield return Build(diagnosis, run, ("Complete", "Normal", status.Summary ?? "The run is over."));
    }

    // The name is computed from what happened, so the server itself refuses the same event a second time, also after a restart of the operator.
    private static Event Build(
        TunnelDiagnosis diagnosis,
        string run,
        (string Reason, string Type, string Note) content,
        RootCauseStatus? cause = null)
    {
        var detail = cause is null ? "" : $"{cause.Code}/{cause.Node}/{cause.Device}/{cause.PeerKey}";
        var identity = Encoding.UTF8.GetBytes($"{diagnosis.Metadata.Uid}\n{run}\n{content.Reason}\n{detail}");
        var name = diagnosis.Metadata.Name!;
        return new Event
        {
            ApiVersion = BuiltInTypes.Event.ApiVersion,
            Kind = BuiltInTypes.Event.Kind,
            Metadata = new ObjectMeta
            {
                Name = $"{name[..Math.Min(name.Length, 200)].TrimEnd('-', '.')}.{Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 8))}",
            },
            Action = "Diagnose",
            Reason = content.Reason,
            Type = content.Type,
            Regarding = new ObjectReference
            {
                ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
                Kind = CrdTypes.TunnelDiagnosis.Kind,
                Name = name,
                Uid = diagnosis.Metadata.Uid,
                FieldPath = cause is null ? $"status{{{run}}}" : $"status.rootCauses{{{cause.Code}/{cause.Device}/{cause.PeerKey}}}",
            },
            Related = cause is null ? null : new ObjectReference { ApiVersion = BuiltInTypes.Node.ApiVersion, Kind = BuiltInTypes.Node.Kind, Name = cause.Node },
            Note = PlainText.CleanOr(content.Note, MaxNoteBytes, content.Reason),
        };
    }
}
