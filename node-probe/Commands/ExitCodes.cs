// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.NodeProbe.Commands;

/// <summary>What the programs' callers decide on.</summary>
public static class ExitCodes
{
    /// <summary>Everything was looked at and nothing of warning or worse was found.</summary>
    public const int Healthy = 0;

    /// <summary>At least one finding of warning or worse, whatever else could not be looked at.</summary>
    public const int Findings = 1;

    /// <summary>No finding, but something could not be looked at; also bad input.</summary>
    public const int CouldNotCheck = 2;

    /// <summary>128 + SIGINT, as shells report a program that a person stopped.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code that a report deserves. A finding wins: it is true whatever could not be read beside it.</summary>
    public static int Of(DiagnosisReport report)
    {
        var worst = report.RootCauses.SelectMany(c => c.Consequences.Prepend(c.Finding)).Select(f => f.Severity).DefaultIfEmpty(Severity.Info).Max();
        return worst >= Severity.Warning ? Findings : report.CouldNotCheck.Count > 0 ? CouldNotCheck : Healthy;
    }
}
