// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Builds the events.k8s.io events of a run. Pure.</summary>
internal static class DiagnosisEvent
{
    private const int MaxNoteBytes = 1024;
    private const int MaxRootCauses = 5;

    /// <summary>Events about cluster-scoped objects live here (events.k8s.io validation).</summary>
    private const string Namespace = "default";

    /// <summary>A run has begun.</summary>
    public static Event Started(TunnelDiagnosis diagnosis, string run, DateTimeOffset now) =>
        Build(diagnosis, run, ("Started", "Normal", $"Run {run} has begun."), "", now);

    /// <summary>A run is over: one event for it, and one for each of the first causes that somebody has to mend.</summary>
    public static IEnumerable<Event> Ended(TunnelDiagnosis diagnosis, TunnelDiagnosisStatus status, DateTimeOffset now)
    {
        var run = status.Run ?? "";
        foreach (var cause in (status.RootCauses ?? []).Where(cause => cause.Severity >= SeverityStatus.Warning).Take(MaxRootCauses))
        {
            var note = $"{cause.Code} on {cause.Node}: {cause.Message}";
            yield return Build(diagnosis, run, ("RootCauseFound", "Warning", note), $"{cause.Code}/{cause.Node}/{cause.Device}/{cause.PeerKey}", now);
        }

        yield return Build(diagnosis, run, ("Complete", "Normal", status.Summary ?? "The run is over."), "", now);
    }

    // The name is computed from what happened, so the server itself refuses the same event a second time, also after a restart of the operator.
    private static Event Build(
        TunnelDiagnosis diagnosis,
        string run,
        (string Reason, string Type, string Note) content,
        string detail,
        DateTimeOffset now)
    {
        var identity = Encoding.UTF8.GetBytes($"{diagnosis.Metadata.Uid}\n{run}\n{content.Reason}\n{detail}");
        var name = diagnosis.Metadata.Name!;
        return new Event
        {
            ApiVersion = BuiltInTypes.Event.ApiVersion,
            Kind = BuiltInTypes.Event.Kind,
            Metadata = new ObjectMeta
            {
                Name = $"{name[..Math.Min(name.Length, 200)].TrimEnd('-', '.')}.{Convert.ToHexStringLower(SHA256.HashData(identity).AsSpan(0, 8))}",
                Namespace = Namespace,
            },
            EventTime = now,
            ReportingController = "kubewgdiag.io/operator",
            ReportingInstance = "kubewgdiag-operator",
            Action = "Diagnose",
            Reason = content.Reason,
            Type = content.Type,
            Regarding = new ObjectReference
            {
                ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
                Kind = CrdTypes.TunnelDiagnosis.Kind,
                Name = name,
                Uid = diagnosis.Metadata.Uid,
            },
            Note = CutToBytes(PlainText.CleanOr(content.Note, MaxNoteBytes, content.Reason)),
        };
    }

    private static string CutToBytes(string note)
    {
        var length = note.Length;
        while (Encoding.UTF8.GetByteCount(note.AsSpan(0, length)) > MaxNoteBytes)
            length--;
        return length > 0 && char.IsHighSurrogate(note[length - 1]) ? note[..(length - 1)] : note[..length];
    }
}
