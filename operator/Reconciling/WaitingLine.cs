// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>The order of the diagnoses whose run is due and waits. It stands in their statuses, so a restart of the operator keeps it. Pure.</summary>
internal static class WaitingLine
{
    /// <summary>Those who wait, the next one first.</summary>
    public static IEnumerable<TunnelDiagnosis> Of(IEnumerable<TunnelDiagnosis> diagnoses) => diagnoses
        .Where(diagnosis => diagnosis is { Status.QueuedTime: not null, Metadata.DeletionTimestamp: null })
        .OrderBy(diagnosis => diagnosis.Status!.QueuedTime)
        .ThenBy(diagnosis => diagnosis.Metadata.Uid, StringComparer.Ordinal);
}
