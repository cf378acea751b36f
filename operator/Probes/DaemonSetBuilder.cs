// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Configuration;

namespace KubeWgDiag.Operator.Probes;

/// <summary>
/// The DaemonSet that brings a probe onto every selected node. Pure: equal input, equal object. From the diagnosis come the node labels
/// and the tolerations (both checked before, <see cref="Runs.SpecCheck"/>) and its uid; image, command, paths and rights never.
/// </summary>
internal static class DaemonSetBuilder
{
    /// <summary>The whole intent of the operator for the DaemonSet of this diagnosis.</summary>
    /// <param name="owner">The diagnosis as stored, with name and uid.</param>
    /// <param name="settings">How probes are made.</param>
    /// <param name="namespace">The operator's namespace.</param>
    public static DaemonSet Build(TunnelDiagnosis owner, ProbeSettings settings, string @namespace)
    {
        var labels = Ownership.Labels(owner);
        return new DaemonSet
        {
            ApiVersion = BuiltInTypes.DaemonSet.ApiVersion,
            Kind = BuiltInTypes.DaemonSet.Kind,
            Metadata = new ObjectMeta
            {
                Name = ProbeNames.DaemonSet(owner.Metadata.Uid!),
                Namespace = @namespace,
                Labels = labels,
                OwnerReferences = Ownership.ReferenceTo(owner),
            },
            Spec = new DaemonSetSpec
            {
                Selector = new LabelSelector { MatchLabels = labels },
                Template = new PodTemplate
                {
                    Metadata = new ObjectMeta
                    {
                        Labels = Merge(settings.PodLabels, labels),
                        Annotations = settings.PodAnnotations.Count == 0 ? null : settings.PodAnnotations,
                    },
                    Spec = ProbePodBuilder.Build(owner.Spec ?? new(), settings),
                },
                // A probe has no state and serves nobody: a changed template may replace all pods at once.
                UpdateStrategy = new DaemonSetUpdateStrategy
                {
                    Type = "RollingUpdate",
                    RollingUpdate = new RollingUpdateDaemonSet { MaxUnavailable = new IntOrString("100%") },
                },
                // Nobody rolls back something that lives for minutes.
                RevisionHistoryLimit = 0,
            },
        };
    }

    private static SortedDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> first,
        IReadOnlyDictionary<string, string> wins)
    {
        var merged = new SortedDictionary<string, string>(first.ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, value) in wins)
            merged[key] = value;
        return merged;
    }
}
