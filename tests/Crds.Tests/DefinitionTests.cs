// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.Crds.Generator;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.Tests;

/// <summary>The parts of the definitions beside the schema, and the schema of conditions.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData("TunnelDiagnosis", "tunneldiagnoses", "tdiag")]
    [InlineData("NodeProbe", "nodeprobes", "nprobe")]
    public void Names_AreThoseOfTheClient(string kind, string plural, string shortName)
    {
        var crd = Definitions.All().Single(c => c["spec"]!["names"]!["kind"]!.GetValue<string>() == kind);
        crd["metadata"]!["name"]!.GetValue<string>().ShouldBe(plural + "." + CrdTypes.Group);
        var spec = crd["spec"]!;
        spec["group"]!.GetValue<string>().ShouldBe(CrdTypes.Group);
        spec["scope"]!.GetValue<string>().ShouldBe("Cluster");
        spec["names"]!["plural"]!.GetValue<string>().ShouldBe(plural);
        spec["names"]!["listKind"]!.GetValue<string>().ShouldBe(kind + "List");
        spec["names"]!["shortNames"]!.ToJsonString().ShouldBe($"[\"{shortName}\"]");
        spec["names"]!["categories"]!.ToJsonString().ShouldBe("[\"kubewgdiag\"]");
        var version = Definitions.Version(crd);
        version["name"]!.GetValue<string>().ShouldBe(CrdTypes.Version);
        version["served"]!.GetValue<bool>().ShouldBeTrue();
        version["storage"]!.GetValue<bool>().ShouldBeTrue();
        version["subresources"]!.ToJsonString().ShouldBe("{\"status\":{}}");
    }

    [Fact]
    public void TunnelDiagnosis_Columns_TellTheStory() =>
        Columns("TunnelDiagnosis").ShouldBe(["Phase", "Nodes", "Tunnels", "Broken", "Root-Cause", "Healthy/1", "Summary/1", "Age"]);

    [Fact]
    public void NodeProbe_Columns_TellTheStory() => Columns("NodeProbe").ShouldBe(["Node", "Run", "Phase", "Message/1", "Age"]);

    [Fact]
    public void NodeProbe_NodeName_IsSelectableAndImmutable()
    {
        var crd = Definitions.All().Single(c => c["spec"]!["names"]!["kind"]!.GetValue<string>() == "NodeProbe");
        Definitions.Version(crd)["selectableFields"]!.ToJsonString().ShouldBe("[{\"jsonPath\":\".spec.nodeName\"}]");
        Definitions.Schema(crd)["properties"]!["spec"]!["properties"]!["nodeName"]!["x-kubernetes-validations"]![0]!["rule"]!
            .GetValue<string>().ShouldBe("self == oldSelf");
    }

    [Fact]
    public void Conditions_AreLimitedAsMetaV1LimitsThem()
    {
        var conditions = Definitions.SchemaOf("TunnelDiagnosis")["properties"]!["status"]!["properties"]!["conditions"]!;
        conditions["x-kubernetes-list-type"]!.GetValue<string>().ShouldBe("map");
        conditions["x-kubernetes-list-map-keys"]!.ToJsonString().ShouldBe("[\"type\"]");
        var items = conditions["items"]!;
        items["required"]!.AsArray().Select(r => r!.GetValue<string>()).Order()
            .ShouldBe(["lastTransitionTime", "message", "reason", "status", "type"]);
        var fields = items["properties"]!;
        fields["type"]!["maxLength"]!.GetValue<long>().ShouldBe(316);
        fields["reason"]!["maxLength"]!.GetValue<long>().ShouldBe(1024);
        fields["reason"]!["minLength"]!.GetValue<long>().ShouldBe(1);
        fields["message"]!["maxLength"]!.GetValue<long>().ShouldBe(32768);
        fields["status"]!["enum"]!.ToJsonString().ShouldBe("[\"True\",\"False\",\"Unknown\"]");
        fields["lastTransitionTime"]!["format"]!.GetValue<string>().ShouldBe("date-time");
        fields["observedGeneration"]!["format"]!.GetValue<string>().ShouldBe("int64");
    }

    // A field that is new in kube/ must be given its limits here, a renamed one must not leave a dead entry.
    [Fact]
    public void ExternalFields_NameEveryFieldOfTheirTypes()
    {
        ExternalFields.Types.ShouldBe([typeof(Condition)]);
        ExternalFields.FieldsOf(typeof(Condition)).Order()
            .ShouldBe(CrdsJsonContext.Default.GetTypeInfo(typeof(Condition))!.Properties.Select(p => p.Name).Order());
    }

    private static IEnumerable<string> Columns(string kind) =>
        Definitions.Version(Definitions.All().Single(c => c["spec"]!["names"]!["kind"]!.GetValue<string>() == kind))["additionalPrinterColumns"]!
            .AsArray().Select(c => c!["name"]!.GetValue<string>() + (c["priority"] is { } p ? $"/{p}" : ""));
}
