// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>The built-in kinds that this server stores.</summary>
internal static class BuiltInResources
{
    public const string CrdStorage = "customresourcedefinitions.apiextensions.k8s.io";
    private const string Rbac = "rbac.authorization.k8s.io";
    private const string Admission = "admissionregistration.k8s.io";

    private static readonly string[] CreateOnly = ["create"];

    public static IEnumerable<ApiResource> All() => [.. Core(), .. Apps(), .. Others(), .. Reviews()];

    private static ApiResource Make(string group, string plural, string kind, bool namespaced, params string[] shortNames) => new()
    {
        Group = group,
        ErrorGroup = group,
        Version = "v1",
        Plural = plural,
        Kind = kind,
        Singular = kind.ToLowerInvariant(),
        ListKind = kind + "List",
        Namespaced = namespaced,
        ShortNames = shortNames,
        Storage = group.Length == 0 ? plural : $"{plural}.{group}",
    };

    private static ApiResource WithStatus(ApiResource resource, ResourceRules rules) =>
        resource with { HasStatus = true, Subresources = [.. resource.Subresources, "status"], Rules = rules };

    private static IEnumerable<ApiResource> Core() =>
    [
        WithStatus(Make("", "namespaces", "Namespace", false, "ns"), new NamespaceRules()) with { Columns = BuiltInColumns.Namespaces },
        WithStatus(Make("", "nodes", "Node", false, "no"), ResourceRules.None) with { Columns = BuiltInColumns.Nodes, SelectableFields = ["spec.unschedulable"] },
        WithStatus(Make("", "pods", "Pod", true, "po") with { Subresources = ["log"], Categories = ["all"] }, new PodRules()) with
        {
            Columns = BuiltInColumns.Pods,
            SelectableFields = ["spec.nodeName", "status.phase", "spec.restartPolicy", "spec.serviceAccountName", "status.podIP"],
        },
        Make("", "serviceaccounts", "ServiceAccount", true, "sa") with { Subresources = ["token"] },
        Make("", "configmaps", "ConfigMap", true, "cm") with { Columns = BuiltInColumns.ConfigMaps },
        Make("", "secrets", "Secret", true) with { Rules = new SecretRules(), Columns = BuiltInColumns.Secrets, SelectableFields = ["type"] },
        WithStatus(Make("", "services", "Service", true, "svc") with { Categories = ["all"] }, new ServiceRules()) with { Columns = BuiltInColumns.Services },
        Make("", "events", "Event", true, "ev") with
        {
            Rules = new EventRules(isCore: true),
            Columns = BuiltInColumns.CoreEvents,
            SelectableFields = [.. EventFields("involvedObject"), "type", "reason", "source", "reportingComponent"],
        },
    ];

    private static IEnumerable<string> EventFields(string about) =>
        ((string[])["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]).Select(field => $"{about}.{field}");

    private static IEnumerable<ApiResource> Apps() =>
    [
        WithStatus(Make("apps", "daemonsets", "DaemonSet", true, "ds") with { HasGeneration = true, Categories = ["all"] }, new WorkloadRules(isDaemonSet: true)) with { Columns = BuiltInColumns.DaemonSets },
        WithStatus(Make("apps", "deployments", "Deployment", true, "deploy") with { HasGeneration = true, Categories = ["all"] }, new WorkloadRules(isDaemonSet: false)) with { Columns = BuiltInColumns.Deployments },
    ];

    private static IEnumerable<ApiResource> Others() =>
    [
        Make("events.k8s.io", "events", "Event", true, "ev") with
        {
            Rules = new EventRules(isCore: false),
            Storage = "events",
            ErrorGroup = "",
            Columns = BuiltInColumns.NewEvents,
            SelectableFields = [.. EventFields("regarding"), "type", "reason", "reportingController"],
        },
        Make("coordination.k8s.io", "leases", "Lease", true) with { Rules = new LeaseRules(), Columns = BuiltInColumns.Leases },
        Make(Rbac, "clusterroles", "ClusterRole", false) with { Rules = new RbacRules(), Columns = BuiltInColumns.Roles },
        Make(Rbac, "clusterrolebindings", "ClusterRoleBinding", false) with { Rules = new RbacRules(), Columns = BuiltInColumns.Bindings },
        Make(Rbac, "roles", "Role", true) with { Rules = new RbacRules(), Columns = BuiltInColumns.Roles },
        Make(Rbac, "rolebindings", "RoleBinding", true) with { Rules = new RbacRules(), Columns = BuiltInColumns.Bindings },
        WithStatus(Make(Admission, "validatingadmissionpolicies", "ValidatingAdmissionPolicy", false) with { HasGeneration = true }, new PolicyRules()),
        Make(Admission, "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", false) with { HasGeneration = true },
        Make("scheduling.k8s.io", "priorityclasses", "PriorityClass", false, "pc"),
        WithStatus(Make("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", false, "crd", "crds") with { HasGeneration = true }, new CrdRules()) with
        {
            Columns = BuiltInColumns.Definitions,
        },
        Make("policy", "poddisruptionbudgets", "PodDisruptionBudget", true, "pdb"),
        Make("networking.k8s.io", "networkpolicies", "NetworkPolicy", true, "netpol"),
    ];

    /// <summary>Questions, not objects: nothing is stored.</summary>
    private static IEnumerable<ApiResource> Reviews() =>
    [
        Make("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false) with { Verbs = CreateOnly },
        Make("authorization.k8s.io", "subjectaccessreviews", "SubjectAccessReview", false) with { Verbs = CreateOnly },
        Make("authentication.k8s.io", "tokenreviews", "TokenReview", false) with { Verbs = CreateOnly },
        Make("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview", false) with { Verbs = CreateOnly },
    ];
}
