// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Crds.NodeProbes;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.Tests;

/// <summary>What the records write is what the schema takes, and comes back the same.</summary>
public sealed class RecordsTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TunnelDiagnosis_Full_RoundTripsAndPassesTheSchema()
    {
        var full = new TunnelDiagnosis
        {
            ApiVersion = "kubewgdiag.io/v1alpha1",
            Kind = "TunnelDiagnosis",
            Metadata = new() { Name = "full", Labels = new Dictionary<string, string> { [CrdLabels.ManagedBy] = CrdLabels.ManagedByValue } },
            Spec = new()
            {
                NodeSelector = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux" },
                Tolerations = [new() { Key = "a", Operator = TolerationOperator.Equal, Value = "b", Effect = TaintEffect.NoExecute }],
                Interfaces = new() { Include = ["wg*"] },
                Interval = "15m",
                Thresholds = new() { HandshakeStaleSeconds = 200 },
            },
            Status = Status(),
        };

        var json = JsonSerializer.SerializeToNode(full, CrdsJsonContext.Default.TunnelDiagnosis)!;
        SchemaValidator.Errors(Definitions.SchemaOf("TunnelDiagnosis"), json).ShouldBeEmpty();
        var back = json.Deserialize(CrdsJsonContext.Default.TunnelDiagnosis);
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(back, CrdsJsonContext.Default.TunnelDiagnosis), json).ShouldBeTrue();
        back!.Status!.RootCauses![0].Severity.ShouldBe(SeverityStatus.Critical);
        back.Status.Conditions![0].LastTransitionTime.ShouldBe(Time);
    }

    [Fact]
    public void NodeProbe_Full_RoundTripsAndPassesTheSchema()
    {
        var full = new NodeProbe
        {
            ApiVersion = "kubewgdiag.io/v1alpha1",
            Kind = "NodeProbe",
            Metadata = new() { Name = "full-a" },
            Spec = new() { Diagnosis = "full", NodeName = "a", Run = "r1", ObservationSeconds = 8 },
            Status = new()
            {
                Run = "r1",
                Phase = NodeProbePhase.Complete,
                StartTime = Time,
                CompletionTime = Time,
                ProbeVersion = "0.1.0",
                Facts = JsonDocument.Parse("""{"version":1,"anything":[{"goes":true}]}""").RootElement,
                Findings = [new() { Code = "WG-IFACE-DOWN", Severity = SeverityStatus.Error, ConfidencePercent = 90, Message = "wg0 is down" }],
                CouldNotCheck = [new() { Node = "a", What = "sysctl", Reason = "no permission" }],
            },
        };

        var json = JsonSerializer.SerializeToNode(full, CrdsJsonContext.Default.NodeProbe)!;
        SchemaValidator.Errors(Definitions.SchemaOf("NodeProbe"), json).ShouldBeEmpty();
        var back = json.Deserialize(CrdsJsonContext.Default.NodeProbe);
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(back, CrdsJsonContext.Default.NodeProbe), json).ShouldBeTrue();
        back!.Status!.Facts!.Value.GetProperty("version").GetInt32().ShouldBe(1);
    }

    // What a probe applies has no spec: absent fields must stay out, or it would own them.
    [Fact]
    public void NodeProbe_StatusOnly_WritesNoSpec() =>
        JsonSerializer.Serialize(
            new NodeProbe { Metadata = new() { Name = "x" }, Status = new() { Phase = NodeProbePhase.Running } }, CrdsJsonContext.Default.NodeProbe)
            .ShouldBe("""{"metadata":{"name":"x"},"status":{"phase":"Running"}}""");

    [Fact]
    public void TunnelDiagnosis_UnknownFields_AreIgnored() =>
        JsonSerializer.Deserialize("""{"metadata":{"name":"x","managedFields":[]},"spec":{"newer":1}}""", CrdsJsonContext.Default.TunnelDiagnosis)!
            .Metadata.Name.ShouldBe("x");

    private static TunnelDiagnosisStatus Status() => new()
    {
        ObservedGeneration = 2,
        Phase = DiagnosisPhase.Complete,
        Conditions = [new Condition { Type = "TunnelsHealthy", Status = "False", Reason = "RootCauseFound", Message = "", LastTransitionTime = Time, ObservedGeneration = 2 }],
        Run = "r1",
        StartTime = Time,
        CompletionTime = Time,
        NextRunTime = Time,
        Nodes = new() { Desired = 2, Reported = 1, Progress = "1/2", NotReported = [new() { Node = "b", Reason = "Deadline", Message = "nothing heard" }] },
        Tunnels = new() { Total = 2, Healthy = 0, Idle = 0, Degraded = 0, Broken = 1, Unknown = 1 },
        RootCauses =
        [
            new()
            {
                Code = "WG-ROUTE-MISSING", Layer = "Route", Severity = SeverityStatus.Critical, ConfidencePercent = 97, Node = "a", Device = "wg0",
                PeerKey = new string('A', 43) + "=", PeerNode = "b", Message = "m", Explanation = "e", FalsifiedBy = "f", AffectedTunnels = 1,
                Evidence = [new() { Node = "a", What = "route", Observed = "none", Expected = "10.42.1.0/24 dev wg0", Source = "rtnetlink" }],
                Remediation = [new() { Node = "a", Command = "ip route add 10.42.1.0/24 dev wg0", Scope = "until reboot", Undo = "ip route del 10.42.1.0/24" }],
                Consequences = [new() { Code = "WG-HANDSHAKE-STALE", Node = "b", Message = "m" }],
                AffectedTunnelSample = ["a->b"], AffectedNodes = ["a", "b"],
            },
        ],
        CouldNotCheck = [new() { Node = "b", What = "everything", Reason = "not reported" }],
        Summary = "s",
        History = [new() { Run = "r0", StartTime = Time, CompletionTime = Time, RootCause = "WG-IFACE-DOWN", Summary = "s" }],
    };
}
