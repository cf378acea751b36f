// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Kube.Client;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Cluster.Tests.Support;

/// <summary>A test of the operator: asks for diagnoses of the run's class and plays the probes.</summary>
public abstract class OperatorTest : ClusterTest
{
    /// <summary>Manager of what the tests apply, as a person with kubectl would.</summary>
    private const string Person = "kubewgdiag-tests";

    private readonly List<PlayedProbes> _probes = [];

    internal IReadOnlyList<string> NodeNames => [.. Cluster.Nodes.Select(node => node.Metadata.Name!)];

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Cluster.OperatorAsync();
    }

    public override async Task DisposeAsync()
    {
        foreach (var probes in _probes) await probes.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Applies a diagnosis, new or changed. What the test does not say is set so that a slow cluster has time.</summary>
    internal async Task<TunnelDiagnosis> AskAsync(string name, TunnelDiagnosisSpec? spec = null, string? @class = null)
    {
        var labels = new Dictionary<string, string>(Cluster.Run.Labels) { [CrdLabels.Class] = @class ?? Cluster.Run.Class };
        spec ??= new();
        var wanted = new TunnelDiagnosis
        {
            Metadata = new ObjectMeta { Name = name, Labels = labels },
            Spec = spec with { NodeSelector = Cluster.NodeSelector, DeadlineSeconds = spec.DeadlineSeconds ?? 600, ObservationSeconds = spec.ObservationSeconds ?? 2 },
        };
        return Value(await Client.ApplyAsync(CrdTypes.TunnelDiagnosis, wanted, Person, Stop));
    }

    /// <summary>Plays the probes of a diagnosis until the test ends.</summary>
    internal PlayedProbes Play(TunnelDiagnosis diagnosis, Func<NodeProbeSpec, NodeFacts?> answer)
    {
        var probes = new PlayedProbes(Client, diagnosis, answer);
        _probes.Add(probes);
        return probes;
    }

    internal async Task<TunnelDiagnosisStatus> UntilAsync(TunnelDiagnosis diagnosis, Func<TunnelDiagnosisStatus, bool> done)
    {
        var seen = await Client.UntilAsync(CrdTypes.TunnelDiagnosis, null, diagnosis.Metadata.Name!, d => d?.Status is { } status && done(status), Stop);
        return seen!.Status!;
    }

    internal Task<TunnelDiagnosisStatus> UntilCompleteAsync(TunnelDiagnosis diagnosis) =>
        UntilAsync(diagnosis, status => status.Phase == DiagnosisPhase.Complete && status.ObservedGeneration == diagnosis.Metadata.Generation);

    /// <summary>Waits until the operator has asked every node for a run; gives the run.</summary>
    internal async Task<string> UntilAskedAsync(TunnelDiagnosis diagnosis, string? otherThan = null)
    {
        var probes = await Client.UntilAllAsync(
            CrdTypes.NodeProbe, Of(diagnosis, null), items => items.Count(p => p.Spec!.Run != otherThan) == Cluster.Nodes.Count, Stop);
        return probes.Select(probe => probe.Spec!.Run).Distinct().ShouldHaveSingleItem();
    }

    /// <summary>Waits until the operator has taken its DaemonSet away and the cluster its pods.</summary>
    internal async Task UntilNoPodsAsync(TunnelDiagnosis diagnosis)
    {
        await Client.UntilAllAsync(BuiltInTypes.DaemonSet, Of(diagnosis, Namespace), sets => sets.Count == 0, Stop);
        await Client.UntilAllAsync(BuiltInTypes.Pod, Of(diagnosis, Namespace), pods => pods.Count == 0, Stop);
    }

    internal static ListOptions Of(TunnelDiagnosis diagnosis, string? @namespace) =>
        new() { Namespace = @namespace, LabelSelector = $"{CrdLabels.DiagnosisUid}={diagnosis.Metadata.Uid}" };

    internal static IReadOnlyList<string> Causes(TunnelDiagnosisStatus status) => [.. (status.RootCauses ?? []).Select(cause => $"{cause.Code} {cause.Node}")];

    internal static Condition Condition(TunnelDiagnosisStatus status, string type) => status.Conditions!.Single(condition => condition.Type == type);
}
