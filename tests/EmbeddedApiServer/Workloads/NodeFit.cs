// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Whether a pod may run on a node: selector, required affinity, taints, the mark "unschedulable".</summary>
internal static class NodeFit
{
    private const string UnschedulableTaint = "node.kubernetes.io/unschedulable";

    /// <summary>Null when it fits, else why not, in the scheduler's words.</summary>
    public static string? Problem(JsonNode? podSpec, StoredObject node)
    {
        NodeView view = NodeView.Of(node);
        foreach ((string key, JsonNode? value) in podSpec.Map("nodeSelector") ?? [])
        {
            if (view.Labels.GetValueOrDefault(key) != value.Text())
                return "node(s) didn't match Pod's node affinity/selector";
        }

        if (podSpec.At("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") is { } required
            && !required.Items("nodeSelectorTerms").Any(term => TermFits(term, node)))
            return "node(s) didn't match Pod's node affinity/selector";
        if (view.IsUnschedulable && !IsTolerated(podSpec, UnschedulableTaint, "", "NoSchedule"))
            return "node(s) were unschedulable";
        foreach ((string key, string value, string effect) in view.Taints)
        {
            if (!IsTolerated(podSpec, key, value, effect))
                return $"node(s) had untolerated taint {{{key}: {value}}}";
        }

        return null;
    }

    private static bool IsTolerated(JsonNode? podSpec, string key, string value, string effect) =>
        podSpec.Items("tolerations").Any(toleration =>
            (string.IsNullOrEmpty(toleration.Text("effect")) || toleration.Text("effect") == effect)
            && (string.IsNullOrEmpty(toleration.Text("key")) ? toleration.Text("operator") == "Exists" : toleration.Text("key") == key)
            && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == value));

    private static bool TermFits(JsonNode? term, StoredObject node)
    {
        var expressions = new JsonObject { ["matchExpressions"] = term.At("matchExpressions")?.DeepClone() };
        var fields = new JsonObject { ["matchExpressions"] = term.At("matchFields")?.DeepClone() };
        return LabelSelector.FromObject(expressions).Matches(node.Labels) && LabelSelector.FromObject(fields).Matches([("metadata.name", node.Name)]);
    }
}
