// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Crds;
using KubeWgDiag.Crds.TunnelDiagnoses;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Operator.Configuration;
using KubeWgDiag.Operator.Probes;
using static KubeWgDiag.Operator.Tests.TestData;

namespace KubeWgDiag.Operator.Tests.Probes;

public sealed class BuilderTests
{
    private static readonly ProbeSettings Settings = new()
    {
        Image = "registry.example/kubewgdiag-probe:0.1.0",
        ImagePullSecrets = ["pull"],
        PriorityClassName = "system-node-critical",
        Resources = new()
        {
            Requests = new Dictionary<string, string> { ["cpu"] = "20m", ["memory"] = "64Mi" },
            Limits = new Dictionary<string, string> { ["memory"] = "128Mi" },
        },
        PodLabels = new Dictionary<string, string> { ["team"] = "net" },
    };

    [Fact]
    public void DaemonSet_Defaults_IsTheGoldenOne() =>
        Golden.ShouldMatchJson(Json(DaemonSetBuilder.Build(Mesh(), Settings, "kubewgdiag")), "daemonset.json");

    [Fact]
    public void DaemonSet_SelectorAndTolerations_AreAllThatTheSpecChanges()
    {
        var spec = new TunnelDiagnosisSpec
        {
            NodeSelector = new Dictionary<string, string> { ["zone"] = "a" },
            Tolerations = [new() { Key = "dedicated", Operator = TolerationOperator.Equal, Value = "x", Effect = TaintEffect.NoSchedule }],
            Interfaces = new() { Include = ["/bin/sh", "$(IMAGE)"] },
            Codes = new() { Include = ["WG-X"] },
            Schedule = "* * * * *",
            TimeZone = "UTC",
            ObservationSeconds = 99,
        };

        var built = DaemonSetBuilder.Build(Mesh(spec), Settings, "kubewgdiag");

        var pod = built.Spec!.Template.Spec;
        pod.NodeSelector.ShouldNotBeNull().ShouldBe(new Dictionary<string, string> { ["kubernetes.io/os"] = "linux", ["zone"] = "a" }, ignoreOrder: true);
        pod.Tolerations.ShouldHaveSingleItem().ShouldBe(new() { Key = "dedicated", Operator = "Equal", Value = "x", Effect = "NoSchedule" });
        // Everything else is byte for byte what an empty spec gives.
        var plain = DaemonSetBuilder.Build(Mesh(), Settings, "kubewgdiag");
        var rest = built with
        {
            Spec = built.Spec with
            {
                Template = built.Spec.Template with { Spec = pod with { NodeSelector = plain.Spec!.Template.Spec.NodeSelector, Tolerations = plain.Spec.Template.Spec.Tolerations } },
            },
        };
        Json(rest).ShouldBe(Json(plain));
    }

    [Fact]
    public void DaemonSet_Privileged_KeepsTheApiServersRules()
    {
        var security = DaemonSetBuilder.Build(Mesh(), Settings with { Privileged = true }, "kubewgdiag")
            .Spec!.Template.Spec.Containers.ShouldHaveSingleItem().SecurityContext.ShouldNotBeNull();

        security.Privileged.ShouldBe(true);
        security.AllowPrivilegeEscalation.ShouldBe(true);
        security.ReadOnlyRootFilesystem.ShouldBe(true);
        // Both are refused or without effect beside privileged.
        security.SeccompProfile.ShouldBeNull();
        security.AppArmorProfile.ShouldBeNull();
    }

    [Theory]
    [InlineData("RuntimeDefault", null, "RuntimeDefault", null, null)]
    [InlineData("Localhost/kubewgdiag-probe", "spc_t", "Localhost", "kubewgdiag-probe", "spc_t")]
    public void DaemonSet_SecurityModules_AreAsSet(string appArmor, string? seLinux, string type, string? profile, string? label)
    {
        var security = DaemonSetBuilder.Build(Mesh(), Settings with { AppArmorProfile = appArmor, SeLinuxType = seLinux }, "kubewgdiag")
            .Spec!.Template.Spec.Containers.ShouldHaveSingleItem().SecurityContext.ShouldNotBeNull();

        security.AppArmorProfile.ShouldBe(new AppArmorProfile { Type = type, LocalhostProfile = profile });
        security.SeLinuxOptions?.Type.ShouldBe(label);
    }

    // The API server would refuse the pods; here the operator says so at its start.
    [Theory]
    [InlineData("unconfined", null, "appArmorProfile: must be RuntimeDefault, Unconfined or Localhost/NAME")]
    [InlineData("Localhost/", null, "appArmorProfile: must be RuntimeDefault, Unconfined or Localhost/NAME")]
    [InlineData("Localhost/../x y", null, "appArmorProfile: must be RuntimeDefault, Unconfined or Localhost/NAME")]
    [InlineData("Unconfined", "spc_t;x", "seLinuxType: not a type name")]
    public void Validate_SecurityModules_AreChecked(string appArmor, string? seLinux, string fault) =>
        ProbeSettingsValidator.Validate(Settings with { AppArmorProfile = appArmor, SeLinuxType = seLinux }).ShouldBe([fault]);

    [Fact]
    public void DaemonSet_Token_IsBoundAndShortLivedAndReadOnly()
    {
        var pod = DaemonSetBuilder.Build(Mesh(), Settings, "kubewgdiag").Spec!.Template.Spec;

        pod.AutomountServiceAccountToken.ShouldBe(false);
        var volume = pod.Volumes!.Single(volume => volume.Projected is not null);
        volume.Projected!.Sources.Single(source => source.ServiceAccountToken is not null).ServiceAccountToken!.ExpirationSeconds.ShouldBe(3600);
        volume.Projected.DefaultMode.ShouldBe(292);
        var mount = pod.Containers![0].VolumeMounts!.Single(mount => mount.Name == volume.Name);
        mount.MountPath.ShouldBe(Kube.Credentials.InClusterCredentials.Directory);
        mount.ReadOnly.ShouldBe(true);
    }

    [Fact]
    public void DaemonSet_SettingsTolerations_AreUsedWhereTheSpecHasNone()
    {
        var settings = Settings with { Tolerations = [new() { Key = "a", Operator = TolerationOperator.Exists }] };

        DaemonSetBuilder.Build(Mesh(), settings, "ns").Spec!.Template.Spec.Tolerations.ShouldHaveSingleItem().Key.ShouldBe("a");
        DaemonSetBuilder.Build(Mesh(new() { Tolerations = [] }), settings, "ns").Spec!.Template.Spec.Tolerations.ShouldBeEmpty();
    }

    [Fact]
    public void NodeProbe_FromSpec_IsTheGoldenOne()
    {
        var spec = new TunnelDiagnosisSpec
        {
            Interfaces = new() { Include = ["flannel-wg*"], Exclude = ["wg-old"] },
            ObservationSeconds = 12,
            Thresholds = new() { HandshakeStaleSeconds = 200 },
        };

        var probe = NodeProbeBuilder.Build(Mesh(spec), "node-1", "run-1");

        Golden.ShouldMatchJson(JsonSerializer.SerializeToUtf8Bytes(probe, CrdsJsonContext.Default.NodeProbe), "nodeprobe.json");
    }

    [Fact]
    public void NodeProbeName_AmbiguousParts_DoNotMeet() =>
        ProbeNames.NodeProbe("a-b", Uid, "c").ShouldNotBe(ProbeNames.NodeProbe("a", Uid, "b-c"));

    [Fact]
    public void NodeProbeName_LongParts_FitsAndStaysUnique()
    {
        var diagnosis = string.Join('.', Enumerable.Repeat(new string('d', 62), 4));
        var node = string.Join('.', Enumerable.Repeat(new string('n', 62), 4));

        var name = ProbeNames.NodeProbe(diagnosis, Uid, node);

        name.Length.ShouldBeLessThanOrEqualTo(253);
        LabelSyntax.IsDnsSubdomain(name).ShouldBeTrue();
        ProbeNames.NodeProbe(diagnosis, Uid, node + "x").ShouldNotBe(name);
        LabelSyntax.IsDnsSubdomain(ProbeNames.NodeProbe("a", Uid, node)).ShouldBeTrue();
        LabelSyntax.IsDnsSubdomain(ProbeNames.NodeProbe(diagnosis, Uid, "n")).ShouldBeTrue();
    }

    [Fact]
    public void NodeSelection_Labels_MustAllMatch()
    {
        var windows = Node("w") with { Metadata = new() { Name = "w", Labels = new Dictionary<string, string> { ["kubernetes.io/os"] = "windows" } } };
        var unlabelled = Node("u") with { Metadata = new() { Name = "u" } };
        Node[] nodes = [Node("b"), windows, Node("a"), unlabelled];

        Names(null).ShouldBe(["a", "b"]);
        Names(new() { ["kubernetes.io/os"] = "linux" }).ShouldBe(["a", "b"]);
        Names(new() { ["kubernetes.io/os"] = "linux", ["zone"] = "" }).ShouldBeEmpty();

        IEnumerable<string?> Names(Dictionary<string, string>? selector) => NodeSelection.Select(nodes, selector).Select(node => node.Metadata.Name);
    }

    private static byte[] Json(DaemonSet daemonSet) => JsonSerializer.SerializeToUtf8Bytes(daemonSet, CoreJsonContext.Default.DaemonSet);
}
