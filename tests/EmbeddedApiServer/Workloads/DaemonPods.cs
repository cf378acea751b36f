// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The pods of a DaemonSet.</summary>
internal static class DaemonPods
{
    /// <summary>Taints that a daemon pod tolerates without being told.</summary>
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"), ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"), ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>The pod spec of the template with the tolerations that the controller adds.</summary>
    public static JsonObject Spec(JsonObject set)
    {
        JsonObject spec = set.Map("spec", "template", "spec")?.Copy() ?? [];
        JsonArray tolerations = spec["tolerations"] as JsonArray ?? [];
        IEnumerable<(string Key, string Effect)> added = spec.Flag("hostNetwork") ? [.. Tolerated, ("node.kubernetes.io/network-unavailable", "NoSchedule")] : Tolerated;
        foreach ((string key, string effect) in added)
            tolerations.Add((JsonNode)new JsonObject { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect });
        spec["tolerations"] = tolerations;
        return spec;
    }

    public static JsonObject Build(StoredObject set, JsonObject body, JsonObject spec, string node, string hash)
    {
        JsonObject metadata = body.Map("spec", "template", "metadata")?.Copy() ?? [];
        metadata.Remove("name");
        metadata["generateName"] = set.Name + "-";
        metadata["namespace"] = set.Namespace;
        metadata.Ensure("labels")[PodView.HashLabel] = hash;
        metadata.Ensure("labels")["pod-template-generation"] = body.Text("metadata", "annotations", "deprecated.daemonset.template.generation") ?? "1";
        metadata["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "DaemonSet",
            ["name"] = set.Name,
            ["uid"] = set.Uid,
            ["controller"] = true,
            ["blockOwnerDeletion"] = true,
        });
        JsonObject own = spec.Copy();
        var field = new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) };
        own.Ensure("affinity").Ensure("nodeAffinity")["requiredDuringSchedulingIgnoredDuringExecution"] =
            new JsonObject { ["nodeSelectorTerms"] = new JsonArray(new JsonObject { ["matchFields"] = new JsonArray(field) }) };
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = own };
    }
}
