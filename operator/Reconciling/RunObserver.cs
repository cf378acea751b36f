// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>Puts together how far a run has come, from what the caches hold. Pure.</summary>
internal static class RunObserver
{
    /// <summary>The progress of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="selected">Nodes that the selector matches now.</param>
    /// <param name="children">What was made for the diagnosis.</param>
    /// <param name="now">The operator's clock.</param>
    public static RunProgress Observe(Run run, IReadOnlyList<Node> selected, RunChildren children, DateTimeOffset now)
    {
        var answers = children.NodeProbes.Where(probe => probe.Spec?.Run == run.Id).ToList();
        var reports = answers
            .GroupBy(probe => probe.Spec!.NodeName, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => ReportIntake.Read(group.First()), StringComparer.Ordinal);
        var nodesByName = selected.ToDictionary(node => node.Metadata.Name!, StringComparer.Ordinal);
        var podsByNode = children.Pods.ToLookup(NodeOf, StringComparer.Ordinal);
        // A node that left the cluster after it had reported still counts: what it said is true of the tunnels to it.
        var nodes = nodesByName.Keys
            .Union(reports.Where(report => report.Value is NodeReport.Facts).Select(report => report.Key))
            .Order(StringComparer.Ordinal)
            .Select(name => new AskedNode(name, nodesByName.GetValueOrDefault(name), [.. podsByNode[name]], reports.GetValueOrDefault(name) ?? new NodeReport.Silent(null)))
            .ToList();
        return new RunProgress
        {
            Run = run,
            Nodes = [.. nodes.Select(node => node.Name)],
            Facts = [.. nodes.Select(node => node.Report).OfType<NodeReport.Facts>().Select(report => report.Value)],
            NotReported = [.. nodes.Where(node => node.Report is not NodeReport.Facts).Select(node => AbsenceReason.Find(node.Name, node.Node, node.Pods, node.Report, children.DaemonSet))],
            ClockOff = [.. answers.Select(probe => NodeClocks.Check(probe, run.StartTime, now)).OfType<NodeClock>().DistinctBy(clock => clock.Node).OrderBy(clock => clock.Node, StringComparer.Ordinal)],
            AllAnswered = nodes.TrueForAll(node => node.HasAnswered),
            ProbesReady = nodes.Count(node => node.HasAnswered || node.Pods.Any(PodTrouble.IsReady)),
        };
    }

    /// <summary>The node that a pod is on, or that the DaemonSet controller made it for.</summary>
    private static string NodeOf(Pod pod) =>
        pod.Spec?.NodeName
        ?? pod.Spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms?
            .SelectMany(term => term.MatchFields ?? [])
            .Where(field => field is { Key: "metadata.name", Operator: "In" })
            .SelectMany(field => field.Values ?? [])
            .FirstOrDefault()
        ?? "";

    private sealed record AskedNode(string Name, Node? Node, IReadOnlyList<Pod> Pods, NodeReport Report)
    {
        public bool HasAnswered => Report is not NodeReport.Silent;
    }
}

/// <summary>What the caches hold of a diagnosis.</summary>
internal sealed record RunChildren(IReadOnlyList<NodeProbe> NodeProbes, IReadOnlyList<Pod> Pods, DaemonSet? DaemonSet)
{
    /// <summary>The children of the diagnosis with this uid.</summary>
    public static RunChildren Of(IClusterView cluster, string diagnosisUid) =>
        new(cluster.NodeProbesOf(diagnosisUid), cluster.PodsOf(diagnosisUid), cluster.DaemonSetOf(diagnosisUid));
}
