// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Operator.Tests;

/// <summary>Objects that tests begin with.</summary>
internal static class TestData
{
    public const string Uid = "0f3e0b5c-0000-4000-8000-000000000001";

    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static TunnelDiagnosis Mesh(TunnelDiagnosisSpec? spec = null, TunnelDiagnosisStatus? status = null) => new()
    {
        ApiVersion = CrdTypes.TunnelDiagnosis.ApiVersion,
        Kind = CrdTypes.TunnelDiagnosis.Kind,
        Metadata = new() { Name = "mesh", Uid = Uid, Generation = 1, ResourceVersion = "1" },
        Spec = spec ?? new(),
        Status = status,
    };

    public static Node Node(string name, string ready = "True", params Taint[] taints) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" } },
        Spec = new() { Taints = taints },
        Status = new() { Conditions = [new StatusCondition { Type = "Ready", Status = ready, Reason = "KubeletState", Message = "kubelet says so" }] },
    };

    public static Pod ProbePod(string node, string phase = "Running", ContainerStatus? container = null) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new()
        {
            Name = $"probe-{node}",
            Namespace = "kubewgdiag",
            CreationTimestamp = Noon,
            Labels = new Dictionary<string, string> { [CrdLabels.DiagnosisUid] = Uid, [CrdLabels.ManagedBy] = CrdLabels.ManagedByValue },
        },
        Spec = new() { NodeName = node },
        Status = new()
        {
            Phase = phase,
            ContainerStatuses = container is null ? null : [container],
            Conditions = [new StatusCondition { Type = "Ready", Status = phase == "Running" && container is null ? "True" : "False" }],
        },
    };

    public static NodeProbe NodeProbe(string node, string run, NodeProbeStatus? status = null) => new()
    {
        Metadata = new ObjectMeta { Name = $"mesh-{node}", Labels = new Dictionary<string, string> { [CrdLabels.DiagnosisUid] = Uid } },
        Spec = new() { Diagnosis = "mesh", NodeName = node, Run = run, ObservationSeconds = 8 },
        Status = status,
    };

    public static NodeProbeStatus Answer(string run, NodeFacts facts) => new()
    {
        Run = run,
        Phase = NodeProbePhase.Complete,
        Facts = JsonSerializer.SerializeToElement(facts, FactsJsonContext.Default.NodeFacts),
    };

    /// <summary>Facts of a node on which nothing was found: valid, and empty of WireGuard.</summary>
    public static NodeFacts Facts(string node) => new() { Node = node, At = Noon, Namespaces = [Namespace()] };

    public static NamespaceFacts Namespace() => new()
    {
        Id = "net:[4026531840]",
        Name = "host",
        Links = Read<IReadOnlyList<LinkFact>>([]),
        Addresses = Read<IReadOnlyList<AddressFact>>([]),
        Routes = Read<IReadOnlyList<RouteFact>>([]),
        Rules = Read<IReadOnlyList<RuleFact>>([]),
        Neighbours = Read<IReadOnlyList<NeighbourFact>>([]),
        Sysctls = Read<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>()),
        ProtocolCounters = Read<IReadOnlyDictionary<string, Counter>>(new Dictionary<string, Counter>()),
        KernelWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
        UserspaceWireGuard = Read<IReadOnlyList<WireGuardDeviceFact>>([]),
        RouteLookups = Read<IReadOnlyList<RouteLookupFact>>([]),
    };

    public static Fact<T> Read<T>(T value)
        where T : class => new() { Source = "test", At = Noon, Value = value };

    public static DiagnosisReport Report(params RootCause[] causes) => new()
    {
        Tunnels = [Tunnel("a", "b", TunnelState.Healthy), Tunnel("b", "a", TunnelState.Healthy)],
        RootCauses = causes,
        CouldNotCheck = [],
        Summary = causes.Length == 0 ? "All tunnels are healthy." : causes[0].Finding.Message,
    };

    public static TunnelAssessment Tunnel(string from, string to, TunnelState state) => new(new TunnelId(from, "wg0", to, "key"), state, "because");

    public static RootCause Cause(string code = "WG-ALLOWEDIPS-OVERLAP", Severity severity = Severity.Critical, string message = "two peers claim 10.0.1.0/24") => new(
        new Finding
        {
            Code = code,
            Layer = Layer.AllowedIPs,
            Severity = severity,
            Confidence = 0.954,
            Subject = new Subject { Node = "a", Device = "wg0", PeerKey = "key", PeerNode = "b" },
            Message = message,
            Explanation = "the last writer owns the prefix",
            FalsifiedBy = "wg show",
            Evidence = [new Evidence("a", "wg show wg0 allowed-ips", "none", "10.0.1.0/24", "genetlink wireguard")],
            Remediation = [new Remediation("a", "wg set wg0 peer key allowed-ips 10.0.1.0/24", "running device", "wg set wg0 peer key allowed-ips ''")],
        },
        [],
        [new TunnelId("a", "wg0", "b", "key")],
        ["a", "b"]);
}
