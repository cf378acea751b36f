// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>What a fresh cluster contains: namespaces, the cluster-admin role, the two system priority classes, the nodes.</summary>
internal static class Bootstrap
{
    private static readonly WriteOptions Options = WriteOptions.Internal("kube-apiserver");

    public static void Run(VerbSet verbs, ResourceRegistry registry, IEnumerable<EmbeddedNode> nodes)
    {
        foreach (string name in (string[])["default", "kube-system", "kube-public", "kube-node-lease"])
            Create(verbs, registry.BuiltIn("namespaces"), Head("v1", "Namespace", name));
        foreach ((string name, int value) in ((string, int)[])[("system-node-critical", 2000001000), ("system-cluster-critical", 2000000000)])
        {
            JsonObject body = Head("scheduling.k8s.io/v1", "PriorityClass", name);
            body["value"] = value;
            Create(verbs, registry.BuiltIn("priorityclasses", "scheduling.k8s.io"), body);
        }

        JsonObject role = Head("rbac.authorization.k8s.io/v1", "ClusterRole", "cluster-admin");
        role["rules"] = new JsonArray(new JsonObject { ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*"), ["verbs"] = new JsonArray("*") });
        Create(verbs, registry.BuiltIn("clusterroles", "rbac.authorization.k8s.io"), role);
        foreach (EmbeddedNode node in nodes)
            Create(verbs, registry.BuiltIn("nodes"), NodeBuilder.Build(node, verbs.Pipeline.Time));
    }

    private static JsonObject Head(string apiVersion, string kind, string name) =>
        new() { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name } };

    private static void Create(VerbSet verbs, ApiResource resource, JsonObject body)
    {
        Answer answer = verbs.Creator.Create(new Target(resource, "", ""), body, Options);
        if (answer.Error is { } error)
            throw new InvalidOperationException($"cannot set up {resource.Plural}: {error.Message}");
    }
}
