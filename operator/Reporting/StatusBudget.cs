// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>
/// Keeps a status below its size in bytes. Each field has its bound, but all of them together could still be more than the API server
/// stores. What is given up first is what matters least: details of the causes ranked last, then those causes.
/// </summary>
internal static class StatusBudget
{
    /// <summary>The status, or the same with less detail.</summary>
    public static TunnelDiagnosisStatus Fit(TunnelDiagnosisStatus status)
    {
        // The failing step, its reason and its code stay: they are what was asked for.
        if (SizeOf(status) > StatusLimits.Total && status.Paths is { } paths)
            status = status with { Paths = [.. paths.Select(path => path with { Request = path.Request with { Steps = null }, Reply = path.Reply with { Steps = null } })] };
        for (var step = 0; SizeOf(status) > StatusLimits.Total; step++)
        {
            var causes = status.RootCauses ?? [];
            if (step < causes.Count)
                status = status with { RootCauses = WithoutDetails(causes, causes.Count - 1 - step) };
            else if (causes.Count > 1)
                status = status with { RootCauses = [.. causes.Take(causes.Count - 1)] };
            else
                return status with { History = null };
        }

        return status;
    }

    /// <summary>Bytes of the status as JSON.</summary>
    public static int SizeOf(TunnelDiagnosisStatus status) =>
        JsonSerializer.SerializeToUtf8Bytes(status, CrdsJsonContext.Default.TunnelDiagnosisStatus).Length;

    private static List<RootCauseStatus> WithoutDetails(IReadOnlyList<RootCauseStatus> causes, int index)
    {
        var changed = causes.ToList();
        // The remediation stays: it is what the person came for.
        changed[index] = changed[index] with { Evidence = null, Consequences = null };
        return changed;
    }
}
