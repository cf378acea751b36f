// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Operator.Paths;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Compares stored NodeProbes with what the operator wants of them. What the server adds as a default is not a difference.</summary>
internal sealed class QuestionCheck(TunnelDiagnosis diagnosis, Run run, ResolvedPaths paths)
{
    private readonly NodeProbeSpec _wanted = NodeProbeBuilder.Build(diagnosis, "", run.Id).Spec!;

    /// <summary>
    /// True when nothing has to be written. One that is being deleted cannot be asked, and cannot be made anew before it is gone; that event brings us back.
    /// </summary>
    public bool IsAsked(NodeProbe probe) => probe.Spec is { } spec
        && (probe.Metadata.DeletionTimestamp is not null || (IsQuestion(spec) && Ownership.IsOwnedBy(probe, diagnosis)));

    private bool IsQuestion(NodeProbeSpec spec) =>
        spec.Run == _wanted.Run
        && spec.Diagnosis == _wanted.Diagnosis
        && spec.ObservationSeconds == _wanted.ObservationSeconds
        && AreSame(spec.Interfaces?.Include, _wanted.Interfaces?.Include)
        && AreSame(spec.Interfaces?.Exclude, _wanted.Interfaces?.Exclude)
        && AreSame(spec.Paths, paths.For(spec.NodeName))
        && (_wanted.Thresholds?.HandshakeStaleSeconds is not { } stale || spec.Thresholds?.HandshakeStaleSeconds == stale);

    private static bool AreSame(IReadOnlyList<ProbePath>? stored, IReadOnlyList<ProbePath>? wanted) =>
        (stored ?? []).Count == (wanted ?? []).Count && (stored ?? []).Zip(wanted ?? []).All(pair =>
            AreSame(pair.First.From, pair.Second.From) && pair.First with { From = [] } == pair.Second with { From = [] });

    private static bool AreSame(IReadOnlyList<string>? stored, IReadOnlyList<string>? wanted) => (stored ?? []).SequenceEqual(wanted ?? []);
}
