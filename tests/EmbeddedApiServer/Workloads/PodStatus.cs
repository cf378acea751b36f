// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>Writes what happens to a pod's container into the pod's status.</summary>
internal sealed class PodStatus(StoredObject pod, ClusterObjects objects)
{
    private const string Manager = "kubelet";
    private const int MaxMessage = 4096;
    private int _restarts;
    private bool _hasStarted;
    private JsonObject? _lastState;

    public void Waiting(string reason, string message) => Write("Pending", isReady: false, Waits(reason, message), "ContainersNotReady");

    public void Running()
    {
        if (_hasStarted)
            _restarts++;
        _hasStarted = true;
        Write("Running", isReady: true, new JsonObject { ["running"] = new JsonObject { ["startedAt"] = objects.Time.Now() } }, null);
    }

    /// <summary>True when the restart policy wants another start.</summary>
    public bool Ended(int code, string log, DateTimeOffset began, TimeSpan wait)
    {
        var terminated = new JsonObject
        {
            ["exitCode"] = code,
            ["reason"] = code == 0 ? "Completed" : "Error",
            ["message"] = log.Length <= MaxMessage ? log : log[^MaxMessage..],
            ["startedAt"] = Times.Seconds(began),
            ["finishedAt"] = objects.Time.Now(),
        };
        string policy = pod.Body.Text("spec", "restartPolicy") ?? "Always";
        if (policy == "Never" || (policy == "OnFailure" && code == 0))
        {
            Write(code == 0 ? "Succeeded" : "Failed", isReady: false, new JsonObject { ["terminated"] = terminated }, code == 0 ? "PodCompleted" : "PodFailed");
            return false;
        }

        _lastState = new JsonObject { ["terminated"] = terminated };
        string message = $"back-off {wait.TotalSeconds:0.#}s restarting failed container={ContainerName()} pod={pod.Name}_{pod.Namespace}({pod.Uid})";
        Write("Running", isReady: false, Waits("CrashLoopBackOff", message), "ContainersNotReady");
        return true;
    }

    private static JsonObject Waits(string reason, string message) => new() { ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message } };

    private string ContainerName() => pod.Thaw().Items("spec", "containers").First().Text("name") ?? "";

    private void Write(string phase, bool isReady, JsonObject state, string? reason) => objects.ChangeStatus("pods", "", pod, Manager, status =>
    {
        string? address = NodeAddresses.First(objects.Find("nodes", "", pod.Body.Text("spec", "nodeName") ?? ""));
        status["phase"] = phase;
        status.Default("startTime", objects.Time.Now());
        if (address is not null)
        {
            // Pods of this server live in the network namespace of their node.
            status["hostIP"] = address;
            status["podIP"] = address;
            status["hostIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
            status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = address });
        }

        TimeProvider time = objects.Time;
        Conditions.Set(status, "Initialized", true, null, null, time);
        Conditions.Set(status, "ContainersReady", isReady, reason, Words(isReady), time);
        Conditions.Set(status, "Ready", isReady, reason, Words(isReady), time);
        Conditions.Set(status, "PodScheduled", true, null, null, time);
        status["containerStatuses"] = new JsonArray(Container(isReady, state));
    });

    private string? Words(bool isReady) => isReady ? null : $"containers with unready status: [{ContainerName()}]";

    private JsonObject Container(bool isReady, JsonObject state)
    {
        string image = pod.Thaw().Items("spec", "containers").First().Text("image") ?? "";
        return new JsonObject
        {
            ["name"] = ContainerName(),
            ["image"] = image,
            ["imageID"] = image,
            ["ready"] = isReady,
            ["started"] = isReady,
            ["restartCount"] = _restarts,
            ["state"] = state,
            ["lastState"] = _lastState?.DeepClone() ?? new JsonObject(),
        };
    }
}
