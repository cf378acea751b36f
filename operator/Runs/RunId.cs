// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Runs;

/// <summary>
/// Names of runs: <c>q-r</c>, where q is a fingerprint of the question (the fields of the spec that shape a run) and r one of the
/// occasion (diagnosis, generation, due time). Both are computed from stored state, so an operator that crashed between two writes comes
/// to the same name again; and q tells from the name alone whether a spec change concerns the run under way (suspend does not).
/// </summary>
internal static class RunId
{
    /// <summary>Name of the run of this diagnosis that is due at this time; null = the first one of its generation.</summary>
    public static string For(TunnelDiagnosis diagnosis, DateTimeOffset? due)
    {
        var occasion = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{diagnosis.Metadata.Uid}\n{diagnosis.Metadata.Generation}\n{due?.ToUnixTimeSeconds()}");
        return $"{QuestionOf(diagnosis.Spec)}-{Fingerprint(Encoding.UTF8.GetBytes(occasion))}";
    }

    /// <summary>True when the run asks what the spec asks now.</summary>
    public static bool Asks(string run, TunnelDiagnosisSpec? spec) =>
        run.StartsWith(QuestionOf(spec) + "-", StringComparison.Ordinal);

    private static string QuestionOf(TunnelDiagnosisSpec? spec)
    {
        // When runs start, how long results are kept and how many are remembered does not change what a run finds out.
        var question = (spec ?? new()) with
        {
            Schedule = null,
            TimeZone = null,
            Interval = null,
            Suspend = null,
            TtlSecondsAfterFinished = null,
            HistoryLimit = null,
            DeadlineSeconds = null,
            NodeSelector = spec?.NodeSelector is { } labels
                ? new SortedDictionary<string, string>(labels.ToDictionary(), StringComparer.Ordinal)
                : null,
        };
        return Fingerprint(JsonSerializer.SerializeToUtf8Bytes(question, CrdsJsonContext.Default.TunnelDiagnosisSpec));
    }

    private static string Fingerprint(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 5));
}
