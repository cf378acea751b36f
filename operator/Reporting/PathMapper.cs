// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Findings;

namespace KubeWgDiag.Operator.Reporting;

/// <summary>Carries the results of paths into the status, within the CRD's bounds and as plain text: some of it was written by nodes.</summary>
internal static class PathMapper
{
    private const int AddressLength = 45;

    /// <summary>Both directions of each path; null when nobody asked.</summary>
    public static IReadOnlyList<PathStatus>? Map(IReadOnlyList<PathResult> results) => RootCauseMapper.Bounded(Pairs(results), StatusLimits.Paths);

    // The engine gives the request and then the answer of one path after the other.
    private static IEnumerable<PathStatus> Pairs(IReadOnlyList<PathResult> results)
    {
        for (var i = 0; i + 1 < results.Count; i += 2)
        {
            var (request, reply) = (results[i], results[i + 1]);
            yield return new PathStatus
            {
                Name = PlainText.Clean(request.Path, 63) ?? "?",
                FromNode = PlainText.Clean(request.FromNode, StatusLimits.Name),
                ToNode = PlainText.Clean(request.ToNode, StatusLimits.Name),
                Source = PlainText.Clean(request.Source?.ToString(), AddressLength),
                Target = PlainText.Clean(request.Destination?.ToString(), AddressLength),
                Request = Map(request),
                Reply = Map(reply),
            };
        }
    }

    private static PathDirectionStatus Map(PathResult result) => new()
    {
        Verdict = result.Verdict switch
        {
            PathVerdict.Works => PathVerdictStatus.Works,
            PathVerdict.Fails => PathVerdictStatus.Fails,
            _ => PathVerdictStatus.CouldNotCheck,
        },
        Reason = PlainText.Clean(result.Reason, StatusLimits.ShortText) ?? "",
        FailingStep = result.FailingStep?.Place.ToString(),
        Code = PlainText.Clean(result.Code, StatusLimits.Word),
        RootCause = PlainText.Clean(result.RootCause, StatusLimits.Word),
        Steps = RootCauseMapper.Bounded(result.Steps.Select(Map), StatusLimits.PathSteps),
    };

    private static PathStepStatus Map(PathStep step) => new()
    {
        Step = step.Place.ToString(),
        Node = PlainText.Clean(step.Node, StatusLimits.Name),
        Outcome = step.Outcome.ToString(),
        What = PlainText.Clean(step.What, StatusLimits.ShortText) ?? "",
    };
}
