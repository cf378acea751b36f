// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Rules;

namespace KubeWgDiag.Diagnosis.RootCauses;

/// <summary>
/// The order in which causes are to be mended. Faults come before degradations and notes; among faults the deeper layer comes first, because
/// mending it may mend what stands on it; then severity, confidence and reach. Names settle the rest, so that equal facts give an equal report.
/// </summary>
internal sealed class CauseRanking : IComparer<RuleFinding>
{
    public static readonly CauseRanking Instance = new();

    public int Compare(RuleFinding? x, RuleFinding? y)
    {
        if (x is null || y is null) return Comparer<bool>.Default.Compare(x is not null, y is not null);
        var order = Band(y.Finding.Severity).CompareTo(Band(x.Finding.Severity));
        if (order == 0) order = x.Rule.Precedence.CompareTo(y.Rule.Precedence);
        if (order == 0) order = y.Finding.Severity.CompareTo(x.Finding.Severity);
        if (order == 0) order = y.Finding.Confidence.CompareTo(x.Finding.Confidence);
        if (order == 0) order = y.Finding.AffectedTunnels.Count.CompareTo(x.Finding.AffectedTunnels.Count);
        return order == 0 ? ByName(x.Finding, y.Finding) : order;
    }

    // Error and Critical are one band: how much of the traffic dies says little about what to mend first.
    private static int Band(Severity severity) => severity >= Severity.Error ? 2 : (int)severity;

    private static int ByName(Finding x, Finding y)
    {
        var order = string.CompareOrdinal(x.Subject.Node, y.Subject.Node);
        if (order == 0) order = string.CompareOrdinal(x.Subject.Namespace, y.Subject.Namespace);
        if (order == 0) order = string.CompareOrdinal(x.Subject.Device, y.Subject.Device);
        if (order == 0) order = string.CompareOrdinal(x.Subject.PeerKey, y.Subject.PeerKey);
        if (order == 0) order = Nullable.Compare(x.Subject.Family, y.Subject.Family);
        return order == 0 ? string.CompareOrdinal(x.Message, y.Message) : order;
    }
}
