// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Cluster;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.Controllers;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.Informers.Trim;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Intake;
using KubeWgDiag.Operator.Probes;
using KubeWgDiag.Operator.Runs;

namespace KubeWgDiag.Operator.Reconciling;

/// <summary>
/// The informers behind <see cref="IClusterView"/>. Children are watched by the operator's label, pods and DaemonSets in its namespace only, so the
/// caches do not grow with the cluster's other work. Only diagnoses of the operator's class are there; a child of another one leads to no diagnosis and is left
/// alone.
/// </summary>
internal sealed class ClusterCaches : IClusterView
{
    private const string ByDiagnosis = "diagnosis-uid";
    private const string ByUid = "uid";
    private const string OurOwn = $"{CrdLabels.ManagedBy}={CrdLabels.ManagedByValue}";

    /// <summary>One end of a run makes room for a few at most; whoever is not woken looks again by itself.</summary>
    private const int WokenWaiters = 4;

    /// <summary>Shortest time between two looks at a diagnosis because of reports.</summary>
    private static readonly TimeSpan ReportSpacing = TimeSpan.FromSeconds(1);

    private readonly Informer<Node> _nodes;
    private readonly Informer<NodeProbe> _nodeProbes;
    private readonly Informer<Pod> _pods;
    private readonly Informer<DaemonSet> _daemonSets;

    /// <summary>Prepares the informers.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="namespace">The operator's namespace.</param>
    /// <param name="class">The operator's class; null = none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where informers speak.</param>
    public ClusterCaches(IKubernetesClient client, string @namespace, string? @class, TimeProvider time, KubeLog? log)
    {
        var ofClass = new InformerOptions<TunnelDiagnosis>
        {
            LabelSelector = OperatorClass.Selector(@class),
            Indexes = Index<TunnelDiagnosis>(ByUid, d => d.Metadata.Uid),
            Log = log,
        };
        DiagnosisInformer = new(client, CrdTypes.TunnelDiagnosis, ofClass, time);
        _nodes = new(client, BuiltInTypes.Node, new() { Transform = NodeTrim.Create(new NodeNetwork(KnownAnnotations.Keys, KnownAnnotations.ValueLimit)), Log = log }, time);
        _nodeProbes = new(client, CrdTypes.NodeProbe, Children<NodeProbe>(null, log) with { Transform = ReportIntake.Keep }, time);
        _pods = new(client, BuiltInTypes.Pod, Children<Pod>(@namespace, log) with { Transform = PodTrim.Create() }, time);
        _daemonSets = new(client, BuiltInTypes.DaemonSet, Children<DaemonSet>(@namespace, log), time);
    }

    /// <summary>The informer of the diagnoses themselves.</summary>
    public Informer<TunnelDiagnosis> DiagnosisInformer { get; }

    /// <summary>Every informer, to be started.</summary>
    public IReadOnlyList<IInformer> All => [DiagnosisInformer, _nodes, _nodeProbes, _pods, _daemonSets];

    /// <summary>Makes a controller look at a diagnosis whenever something that it depends on changes.</summary>
    public void Trigger(Controller<TunnelDiagnosis> controller) => controller
        // Thousands of probes report within seconds; the status is written once a second at most, so looking more often is in vain.
        .Watches(_nodeProbes, probe => OwnerKeys.Of(probe, CrdTypes.TunnelDiagnosis), ReportSpacing)
        .Watches(_daemonSets)
        // A pod's owner is the DaemonSet; its label leads to the diagnosis.
        .Watches(_pods, pod => Ownership.DiagnosisUidOf(pod) is { } uid ? Keys(DiagnosisInformer.Store.ByIndex(ByUid, uid)) : [], ReportSpacing)
        // When a run ends or is deleted there may be room for those who wait longest.
        .Watches(DiagnosisInformer, diagnosis => IsUnderWay(diagnosis) ? [] : Keys(WaitingLine.Of(Diagnoses()).Take(WokenWaiters)))
        .Watches(_nodes, _ => Keys(DiagnosisInformer.Store.List().Where(IsUnderWay)), ReportSpacing);

    public IReadOnlyList<TunnelDiagnosis> Diagnoses() => DiagnosisInformer.Store.List();

    public IReadOnlyList<Node> Nodes() => _nodes.Store.List();

    public IReadOnlyList<NodeProbe> NodeProbesOf(string diagnosisUid) => _nodeProbes.Store.ByIndex(ByDiagnosis, diagnosisUid);

    public IReadOnlyList<Pod> PodsOf(string diagnosisUid) => _pods.Store.ByIndex(ByDiagnosis, diagnosisUid);

    public DaemonSet? DaemonSetOf(string diagnosisUid) => _daemonSets.Store.ByIndex(ByDiagnosis, diagnosisUid) is [var daemonSet, ..] ? daemonSet : null;

    private static bool IsUnderWay(TunnelDiagnosis diagnosis) => RunPlanner.IsUnderWay(diagnosis.Status);

    private static IEnumerable<ObjectKey> Keys(IEnumerable<TunnelDiagnosis> diagnoses) =>
        diagnoses.Select(diagnosis => ObjectKey.Of(diagnosis)).OfType<ObjectKey>();

    private static InformerOptions<T> Children<T>(string? @namespace, KubeLog? log)
        where T : class, IKubernetesObject => new()
        {
            Namespace = @namespace,
            LabelSelector = OurOwn,
            Indexes = Index<T>(ByDiagnosis, child => Ownership.DiagnosisUidOf(child)),
            Log = log,
        };

    private static Dictionary<string, Func<T, IEnumerable<string>>> Index<T>(string name, Func<T, string?> valueOf) =>
        new() { [name] = item => valueOf(item) is { } value ? [value] : [] };
}
