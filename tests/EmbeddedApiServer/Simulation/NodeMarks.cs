// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>What a behaviour leaves on the Node object.</summary>
internal static class NodeMarks
{
    private const string NotReadyTaint = "node.kubernetes.io/not-ready";
    private const string UnschedulableTaint = "node.kubernetes.io/unschedulable";
    private const string DedicatedTaint = "dedicated";

    public static void WriteSpec(JsonObject spec, NodeBehaviour behaviour)
    {
        List<JsonNode?> taints = [.. spec.Items("taints").Where(taint => taint.Text("key") is not (NotReadyTaint or UnschedulableTaint or DedicatedTaint)).Select(taint => taint?.DeepClone())];
        taints.AddRange(behaviour switch
        {
            NodeBehaviour.NotReady => [Taint(NotReadyTaint, null, "NoSchedule"), Taint(NotReadyTaint, null, "NoExecute")],
            NodeBehaviour.Cordoned => [Taint(UnschedulableTaint, null, "NoSchedule")],
            NodeBehaviour.Tainted => [Taint(DedicatedTaint, "others", "NoSchedule")],
            _ => [],
        });
        spec.Remove("taints");
        if (taints.Count > 0)
            spec["taints"] = Json.Array(taints);
        if (behaviour == NodeBehaviour.Cordoned)
            spec["unschedulable"] = true;
        else
            spec.Remove("unschedulable");
    }

    public static void WriteStatus(JsonObject status, NodeBehaviour behaviour, TimeProvider time)
    {
        bool isReady = behaviour != NodeBehaviour.NotReady;
        string reason = isReady ? "KubeletReady" : "KubeletNotReady";
        string message = isReady ? "the simulated node is running" : "container runtime network not ready: NetworkReady=false";
        Conditions.Set(status, "Ready", isReady, reason, message, time);
        Beat(status, time);
    }

    public static void Beat(JsonObject status, TimeProvider time)
    {
        foreach (JsonObject condition in status.Items("conditions").OfType<JsonObject>())
            condition["lastHeartbeatTime"] = time.Now();
    }

    private static JsonObject Taint(string key, string? value, string effect)
    {
        var taint = new JsonObject { ["key"] = key, ["effect"] = effect };
        if (value is not null)
            taint["value"] = value;
        return taint;
    }
}
