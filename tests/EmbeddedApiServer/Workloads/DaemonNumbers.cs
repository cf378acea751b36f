// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The counters in a DaemonSet's status; counters that are zero and optional are left out, as a real server does.</summary>
internal sealed class DaemonNumbers(IReadOnlyList<StoredObject> wanted, IReadOnlyList<StoredObject> pods, string hash)
{
    public void Write(JsonObject status, long generation)
    {
        List<StoredObject> placed = [.. pods.Where(pod => !pod.IsTerminating && wanted.Any(node => node.Name == pod.Body.Text("spec", "nodeName")))];
        int ready = placed.Count(DaemonPods.IsReady);
        status["desiredNumberScheduled"] = wanted.Count;
        status["currentNumberScheduled"] = placed.Count;
        status["numberMisscheduled"] = pods.Count(pod => !wanted.Any(node => node.Name == DaemonPods.NodeOf(pod)));
        status["numberReady"] = ready;
        status["observedGeneration"] = generation;
        Optional(status, "updatedNumberScheduled", placed.Count(pod => DaemonSetController.IsCurrent(pod, hash)));
        Optional(status, "numberAvailable", ready);
        Optional(status, "numberUnavailable", wanted.Count - ready);
    }

    private static void Optional(JsonObject status, string name, int value)
    {
        if (value > 0)
            status[name] = value;
        else
            status.Remove(name);
    }
}
