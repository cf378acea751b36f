// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using System.Text.Json;
using KubeWgDiag.Kube.CoreTypes;
using KubeWgDiag.Kube.Informers;
using KubeWgDiag.Kube.Informers.Trim;
using KubeWgDiag.Kube.ObjectModel;
using KubeWgDiag.Kube.Tests.Support;

namespace KubeWgDiag.Kube.Tests.Informers;

/// <summary>Measures memory, so nothing may run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}

[Collection(MemoryCollection.Name)]
public sealed class TrimTests
{
    [Fact]
    public void NodeTrim_ANode_KeepsWhatPlacingAProbeNeeds()
    {
        Node kept = NodeTrim.Create()(ANode(7));

        (kept.Metadata.Name, kept.Metadata.Uid, kept.Metadata.ResourceVersion).ShouldBe(("node-7", "uid-7", "70007"));
        kept.Metadata.Labels!["kubernetes.io/hostname"].ShouldBe("node-7");
        kept.Metadata.Labels.Count.ShouldBe(ANode(7).Metadata.Labels!.Count);
        kept.Metadata.Annotations.ShouldBeNull();
        kept.Spec!.Unschedulable.ShouldBe(true);
        kept.Spec.Taints!.ShouldHaveSingleItem().ShouldBe(new Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" });
        (kept.Status!.Conditions!.ShouldHaveSingleItem().Type, kept.Status.Conditions![0].Status).ShouldBe(("Ready", "True"));
        kept.Status.Addresses.ShouldBeNull();
    }

    [Fact]
    public void NodeTrim_EmptyParts_AreNoTrouble()
    {
        Node kept = NodeTrim.Create()(new Node { Metadata = new ObjectMeta { Name = "n" } });

        (kept.Metadata.Name, kept.Spec, kept.Status, kept.Metadata.Labels).ShouldBe(("n", null, null, null));
    }

    [Fact]
    public void NodeTrim_FiveThousandNodes_CostAboutAKibibyteEach()
    {
        const int Count = 5_000;
        Func<Node, Node> trim = NodeTrim.Create();
        (_, long whole) = Measure(Count, node => node);
        (List<Node> nodes, long trimmed) = Measure(Count, trim);

        nodes.Count.ShouldBe(Count);
        // Measured: 10.6 KB with all that our records read, 1.0 KB trimmed.
        trimmed.ShouldBeLessThan(1280);
        whole.ShouldBeGreaterThan(4 * trimmed, "the sample is not like a node");
    }

    [Fact]
    public void NodeTrim_WithTheNetwork_KeepsAddressesRangesAndChosenAnnotationsOnly()
    {
        var node = new Node
        {
            Metadata = new ObjectMeta
            {
                Name = "n",
                Annotations = new Dictionary<string, string> { ["net.example.com/key"] = "abc", ["net.example.com/long"] = new('x', 65), ["other.example.com/state"] = "s" },
            },
            Spec = new NodeSpec { PodCidrs = ["10.1.0.0/24", "fd00:1::/64"] },
            Status = new NodeStatus
            {
                Addresses =
                [
                    new NodeAddress { Type = "InternalIP", Address = "192.0.2.1" },
                    new NodeAddress { Type = "Hostname", Address = "n" },
                    new NodeAddress { Type = "ExternalIP", Address = "198.51.100.1" },
                ],
            },
        };
        var network = new NodeNetwork(new HashSet<string> { "net.example.com/key", "net.example.com/long" }, 64);

        Node kept = NodeTrim.Create(network)(node);

        kept.Metadata.Annotations!.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("net.example.com/key", "abc"));
        kept.Spec!.PodCidrs.ShouldBe(["10.1.0.0/24", "fd00:1::/64"]);
        kept.Status!.Addresses!.Select(address => address.Address).ShouldBe(["192.0.2.1", "198.51.100.1"]);
        Node bare = NodeTrim.Create(network)(new Node { Metadata = new ObjectMeta { Name = "n" } });
        (bare.Metadata.Annotations, bare.Spec, bare.Status).ShouldBe((null, null, null));
    }

    [Fact]
    public void PodTrim_APodThatIsNotBound_KeepsWhereItShouldGoAndWhyItDoesNot()
    {
        var pod = new Pod
        {
            Metadata = new ObjectMeta { Name = "p", Namespace = "ns", Uid = "u", ResourceVersion = "3", Annotations = new Dictionary<string, string> { ["a"] = "b" } },
            Spec = new PodSpec { Affinity = new Affinity(), Containers = [], Volumes = [] },
            Status = new PodStatus
            {
                Phase = "Pending",
                PodIp = "10.0.0.1",
                Conditions = [new StatusCondition { Type = "PodScheduled", Status = "False", Message = "0/3 nodes" }],
                ContainerStatuses = [new ContainerStatus { Name = "c", State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ImagePullBackOff" } } }],
            },
        };

        Pod kept = PodTrim.Create()(pod);
        Pod bound = PodTrim.Create()(pod with { Spec = pod.Spec with { NodeName = "n1" } });

        kept.Spec!.Affinity.ShouldNotBeNull();
        (kept.Spec.Containers, kept.Spec.Volumes, kept.Metadata.Annotations, kept.Status!.PodIp).ShouldBe((null, null, null, null));
        kept.Status.Conditions!.ShouldHaveSingleItem().Message.ShouldBe("0/3 nodes");
        kept.Status.ContainerStatuses!.ShouldHaveSingleItem().State!.Waiting!.Reason.ShouldBe("ImagePullBackOff");
        (bound.Spec!.NodeName, bound.Spec.Affinity).ShouldBe(("n1", null));
    }

    [Fact]
    public void StringPool_MoreTextsThanItHolds_StaysBounded()
    {
        var pool = new StringPool();
        for (int i = 0; i < 10_000; i++) pool.Share($"t{i}");
        string one = new('x', 3), two = new('x', 3);

        pool.Share("t1").ShouldBeSameAs(pool.Share("t1".ToUpperInvariant().ToLowerInvariant()));
        pool.Share(two).ShouldBeSameAs(two);
        pool.Share(one).ShouldBeSameAs(one);
    }

    [Fact]
    public void AddIndex_OnAFilledStore_FindsWhatIsThereAlready()
    {
        var store = new ObjectStore<Widget>(new Dictionary<string, Func<Widget, IEnumerable<string>>>());
        store.Set(new ObjectKey(null, "a"), Widget.Named("a", uid: "x"));
        store.Set(new ObjectKey(null, "b"), Widget.Named("b", uid: "y"));

        store.AddIndex("uid", widget => [widget.Metadata.Uid!]);
        store.Set(new ObjectKey(null, "c"), Widget.Named("c", uid: "x"));

        store.ByIndex("uid", "x").Select(widget => widget.Metadata.Name).ShouldBe(["a", "c"], ignoreOrder: true);
        Should.Throw<ArgumentException>(() => store.AddIndex("uid", _ => []));
        Should.Throw<KeyNotFoundException>(() => store.ByIndex("name", "a"));
    }

    private static (List<Node> Nodes, long BytesEach) Measure(int count, Func<Node, Node> keep)
    {
        keep(ANode(0));
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var nodes = new List<Node>(count);
        for (int i = 0; i < count; i++) nodes.Add(keep(ANode(i)));
        long after = GC.GetTotalMemory(forceFullCollection: true);
        return (nodes, (after - before) / count);
    }

    /// <summary>As it comes off the wire: no text is shared with another node.</summary>
    private static Node ANode(int number)
    {
        string labels = string.Join(',', Enumerable.Range(0, 17).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"provider.example.com/label-{i}\":\"value-{i}\"")));
        string conditions = string.Join(',', new[] { "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "Ready" }.Select(type =>
            $$"""{"type":"{{type}}","status":"True","reason":"KubeletReady","message":"kubelet is posting ready status and a little more of text","lastTransitionTime":"2026-11-22T11:20:20Z"}"""));
        string annotations = string.Join(',', Enumerable.Range(0, 8).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"agent-{i}.example.com/state\":\"{new string('s', 150)}{number}\"")));
        string json = string.Create(CultureInfo.InvariantCulture, $$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"node-{{number}}","uid":"uid-{{number}}","resourceVersion":"7000{{number}}","creationTimestamp":"2026-11-22T11:20:20Z",
            "labels":{"kubernetes.io/hostname":"node-{{number}}",{{labels}}},"annotations":{ {{annotations}} } },
            "spec":{"podCIDR":"10.0.0.0/24","podCIDRs":["10.0.0.0/24"],"unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule"}]},
            "status":{"conditions":[{{conditions}}],"addresses":[{"type":"InternalIP","address":"192.0.2.1"},{"type":"Hostname","address":"node-{{number}}"}],
            "nodeInfo":{"kernelVersion":"6.1.0","osImage":"Example Linux 12","operatingSystem":"linux","architecture":"amd64","containerRuntimeVersion":"containerd://2.0.0","kubeletVersion":"v1.36.0"} } }
            """);
        return JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), CoreJsonContext.Default.Node)!;
    }
}
