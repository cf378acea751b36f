// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Conditions of pods: the transition time moves only when the status does.</summary>
internal static class Conditions
{
    public static void Set(JsonObject status, string type, bool holds, string? reason, string? message, TimeProvider time)
    {
        JsonArray conditions = status["conditions"] as JsonArray ?? [];
        status["conditions"] = conditions;
        JsonObject? condition = conditions.OfType<JsonObject>().FirstOrDefault(item => item.Text("type") == type);
        string value = holds ? "True" : "False";
        if (condition is null)
            conditions.Add(condition = new JsonObject { ["type"] = type });
        if (condition.Text("status") != value)
            condition["lastTransitionTime"] = time.Now();
        condition["status"] = value;
        SetOrRemove(condition, "reason", reason);
        SetOrRemove(condition, "message", message);
    }

    private static void SetOrRemove(JsonObject map, string name, string? value)
    {
        if (value is null)
            map.Remove(name);
        else
            map[name] = value;
    }
}
