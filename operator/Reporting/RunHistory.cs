// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Remembers finished runs when the next one begins. A run that never finished leaves no record.</summary>
internal static class RunHistory
{
    /// <summary>How many are kept where the spec says nothing (the CRD's default).</summary>
    private const int DefaultLimit = 5;

    /// <summary>The history once the run of this status is not the current one any more; null when it is empty.</summary>
    public static IReadOnlyList<RunRecord>? After(TunnelDiagnosisStatus? status, int? limit)
    {
        IEnumerable<RunRecord> records = status?.History ?? [];
        if (status is { Run: { } run, StartTime: { } start, CompletionTime: { } completion })
        {
            var record = new RunRecord
            {
                Run = run,
                StartTime = start,
                CompletionTime = completion,
                RootCause = status.RootCauses is [var first, ..] ? first.Code : null,
                Summary = PlainText.CleanOr(status.Summary, StatusLimits.Text, "-"),
            };
            records = records.Where(earlier => earlier.Run != run).Prepend(record);
        }

        return RootCauseMapper.Bounded(records, Math.Clamp(limit ?? DefaultLimit, 0, 20));
    }
}
