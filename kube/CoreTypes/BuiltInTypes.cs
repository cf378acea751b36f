// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.CoreTypes;

/// <summary>The built-in resources as the client needs them.</summary>
public static class BuiltInTypes
{
    /// <summary>Cluster-scoped <c>v1 nodes</c>.</summary>
    public static ResourceType<Node> Node { get; } = new()
    {
        Group = "",
        Version = "v1",
        Plural = "nodes",
        Kind = "Node",
        Namespaced = false,
        Json = CoreJsonContext.Default.Node,
        ListJson = CoreJsonContext.Default.KubernetesListNode,
    };

    /// <summary>Namespaced <c>v1 pods</c>.</summary>
    public static ResourceType<Pod> Pod { get; } = new()
    {
        Group = "",
        Version = "v1",
        Plural = "pods",
        Kind = "Pod",
        Namespaced = true,
        Json = CoreJsonContext.Default.Pod,
        ListJson = CoreJsonContext.Default.KubernetesListPod,
    };

    /// <summary>Namespaced <c>apps/v1 daemonsets</c>.</summary>
    public static ResourceType<DaemonSet> DaemonSet { get; } = new()
    {
        Group = "apps",
        Version = "v1",
        Plural = "daemonsets",
        Kind = "DaemonSet",
        Namespaced = true,
        Json = CoreJsonContext.Default.DaemonSet,
        ListJson = CoreJsonContext.Default.KubernetesListDaemonSet,
    };

    /// <summary>Namespaced <c>events.k8s.io/v1 events</c>.</summary>
    public static ResourceType<Event> Event { get; } = new()
    {
        Group = "events.k8s.io",
        Version = "v1",
        Plural = "events",
        Kind = "Event",
        Namespaced = true,
        Json = CoreJsonContext.Default.Event,
        ListJson = CoreJsonContext.Default.KubernetesListEvent,
    };

    /// <summary>Namespaced <c>coordination.k8s.io/v1 leases</c>.</summary>
    public static ResourceType<Lease> Lease { get; } = new()
    {
        Group = "coordination.k8s.io",
        Version = "v1",
        Plural = "leases",
        Kind = "Lease",
        Namespaced = true,
        Json = CoreJsonContext.Default.Lease,
        ListJson = CoreJsonContext.Default.KubernetesListLease,
    };

    /// <summary>Namespaced <c>v1 services</c>.</summary>
    public static ResourceType<Service> Service { get; } = new()
    {
        Group = "",
        Version = "v1",
        Plural = "services",
        Kind = "Service",
        Namespaced = true,
        Json = CoreJsonContext.Default.Service,
        ListJson = CoreJsonContext.Default.KubernetesListService,
    };

    /// <summary>Namespaced <c>discovery.k8s.io/v1 endpointslices</c>.</summary>
    public static ResourceType<EndpointSlice> EndpointSlice { get; } = new()
    {
        Group = "discovery.k8s.io",
        Version = "v1",
        Plural = "endpointslices",
        Kind = "EndpointSlice",
        Namespaced = true,
        Json = CoreJsonContext.Default.EndpointSlice,
        ListJson = CoreJsonContext.Default.KubernetesListEndpointSlice,
    };
}
