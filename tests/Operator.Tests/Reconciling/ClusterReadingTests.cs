// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Informers.Trim;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Operator.Reconciling;

namespace KubeWgDiag.Operator.Tests.Reconciling;

public sealed class ClusterReadingTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_ANode_GivesItsPartInTheNetwork()
    {
        var node = new Node
        {
            Metadata = new ObjectMeta
            {
                Name = "node-1",
                Annotations = new Dictionary<string, string> { ["kilo.squat.ai/key"] = "key", ["other.example.com/state"] = "s" },
            },
            Spec = new NodeSpec { PodCidrs = ["10.1.0.0/24", "nonsense"] },
            Status = new NodeStatus
            {
                Conditions = [new StatusCondition { Type = "Ready", Status = "True" }],
                Addresses =
                [
                    new NodeAddress { Type = "InternalIP", Address = "192.0.2.1" },
                    new NodeAddress { Type = "InternalIP", Address = "not an address" },
                    new NodeAddress { Type = "Hostname", Address = "192.0.2.2" },
                ],
            },
        };

        var facts = ClusterReading.Read([node], At);

        facts.At.ShouldBe(At);
        var read = facts.Nodes.ShouldHaveSingleItem();
        (read.Name, read.Ready).ShouldBe(("node-1", true));
        read.Addresses.ShouldBe([IpAddr.Parse("192.0.2.1")]);
        read.PodCidrs.ShouldBe([IpPrefix.Parse("10.1.0.0/24")]);
        read.Annotations.ShouldHaveSingleItem().Value.ShouldBe("key");
    }

    [Theory]
    [InlineData("False", false)]
    [InlineData("Unknown", null)]
    [InlineData(null, null)]
    public void Read_WhatIsMissing_IsNoTrouble(string? status, bool? ready)
    {
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = "n" },
            Status = status is null ? null : new NodeStatus { Conditions = [new StatusCondition { Type = "Ready", Status = status }] },
        };

        var read = ClusterReading.Read([node, new Node { Metadata = new ObjectMeta() }], At).Nodes.ShouldHaveSingleItem();

        (read.Ready, read.Addresses.Count, read.PodCidrs.Count, read.Annotations.Count).ShouldBe((ready, 0, 0, 0));
    }

    [Theory]
    [InlineData("True", "CalicoIsDown", "Calico")]
    [InlineData("True", "FlannelIsDown", "Flannel")]
    [InlineData("True", "NoRouteCreated", null)]
    [InlineData("False", "CalicoIsUp", null)]
    public void Read_AnAgentThatSaysItIsDown_IsKnown_WholeAndTrimmed(string status, string reason, string? network)
    {
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = "n" },
            Status = new NodeStatus { Conditions = [new StatusCondition { Type = "Ready", Status = "True" }, new StatusCondition { Type = "NetworkUnavailable", Status = status, Reason = reason, LastTransitionTime = At }] },
        };
        var trimmed = NodeTrim.Create(new NodeNetwork(new HashSet<string>(), 1))(node);

        foreach (var read in ClusterReading.Read([node, trimmed], At).Nodes)
        {
            read.Ready.ShouldBe(true);
            read.Agent?.Network.ShouldBe(network);
            read.Agent?.Since.ShouldBe(At);
            (read.Agent is null).ShouldBe(network is null);
        }
    }
}
