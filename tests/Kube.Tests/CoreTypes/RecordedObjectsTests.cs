// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.CoreTypes;

public sealed class RecordedObjectsTests
{
    [Fact]
    public void Node_Recorded_HasWhatIsModelled()
    {
        KubernetesList<Node> list = Recording.Answer("08-workloads.json", "nodes").Deserialize(CoreJsonContext.Default.KubernetesListNode)!;

        Node node = list.Items[0];
        node.Metadata.Name.ShouldBe("kn1");
        node.Spec!.PodCidrs.ShouldBe(["10.244.0.0/24"]);
        node.Status!.Addresses!.Single(address => address.Type == "InternalIP").Address.ShouldBe("198.51.100.1");
        node.Status.Conditions!.Single(condition => condition.Type == "Ready").Status.ShouldBe("True");
        node.Status.NodeInfo!.KernelVersion.ShouldStartWith("6.");
    }

    [Fact]
    public void DaemonSet_RecordedRequest_IsWrittenAsItWasRead()
    {
        JsonNode request = Recording.Exchange("08-workloads.json", "daemonset apply")["request"]!["body"]!;

        DaemonSet read = request.Deserialize(CoreJsonContext.Default.DaemonSet)!;

        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(read, CoreJsonContext.Default.DaemonSet), request).ShouldBeTrue();
        read.Spec!.Template.Spec.HostPid.ShouldBe(true);
    }

    [Fact]
    public void DaemonSet_RecordedAnswer_HasItsNumbers()
    {
        DaemonSet set = Recording.Answer("08-workloads.json", "daemonset status").Deserialize(CoreJsonContext.Default.DaemonSet)!;

        set.Status!.ObservedGeneration.ShouldBe(1);
        set.Spec!.UpdateStrategy!.RollingUpdate!.MaxUnavailable!.Value.Number.ShouldBe(1);
    }

    [Fact]
    public void Lease_RecordedRenewal_KeepsMicroseconds()
    {
        JsonNode body = Recording.Answer("09-leases-events.json", "lease renew");

        Lease lease = body.Deserialize(CoreJsonContext.Default.Lease)!;

        JsonNode written = JsonSerializer.SerializeToNode(lease, CoreJsonContext.Default.Lease)!;
        ((string?)written["spec"]!["renewTime"]).ShouldBe("2026-01-01T00:00:02.123456Z");
        ((string?)written["spec"]!["acquireTime"]).ShouldBe("2026-01-01T00:00:00.000000Z");
    }

    [Fact]
    public void Event_RecordedRequest_IsWrittenAsItWasRead()
    {
        JsonNode request = Recording.Exchange("09-leases-events.json", "event create")["request"]!["body"]!;

        Event read = request.Deserialize(CoreJsonContext.Default.Event)!;

        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(read, CoreJsonContext.Default.Event), request).ShouldBeTrue();
    }

    [Fact]
    public void Pod_WaitingAndTerminatedContainers_AreRead()
    {
        const string json = """
            {"metadata":{"name":"p","namespace":"n"},"spec":{"nodeName":"k1","containers":[{"name":"c"}],"newField":{"x":1}},
             "status":{"phase":"Running","containerStatuses":[{"name":"c","ready":false,"restartCount":3,
               "state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}}
            """;

        Pod pod = JsonSerializer.Deserialize(json, CoreJsonContext.Default.Pod)!;

        ContainerStatus status = pod.Status!.ContainerStatuses![0];
        status.State!.Waiting!.Reason.ShouldBe("CrashLoopBackOff");
        status.LastState!.Terminated!.ExitCode.ShouldBe(137);
        pod.Spec!.NodeName.ShouldBe("k1");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"10%\"")]
    public void IntOrString_Either_RoundTrips(string json)
    {
        string set = "{\"metadata\":{},\"spec\":{\"selector\":{},\"template\":{\"metadata\":{},\"spec\":{}},\"updateStrategy\":{\"rollingUpdate\":{\"maxUnavailable\":" + json + "}}}}";

        DaemonSet read = JsonSerializer.Deserialize(set, CoreJsonContext.Default.DaemonSet)!;

        JsonSerializer.Serialize(read, CoreJsonContext.Default.DaemonSet).ShouldBe(set);
    }
}
