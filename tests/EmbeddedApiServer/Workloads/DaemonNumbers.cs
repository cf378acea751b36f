// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The counters in a DaemonSet's status; counters that are zero and optional are left out, as a real server does.</summary>
/// <param name="wanted">Names of the nodes that should have a pod.</param>
internal sealed class DaemonNumbers(HashSet<string> wanted, IReadOnlyList<StoredObject> pods, string hash)
{
    public void Write(JsonObject status, long generation)
    {
        List<PodView> placed = [.. pods.Where(pod => !pod.IsTerminating).Select(PodView.Of).Where(pod => pod.IsPlaced && wanted.Contains(pod.Node))];
        int ready = placed.Count(pod => pod.IsReady);
        status["desiredNumberScheduled"] = wanted.Count;
        status["currentNumberScheduled"] = placed.Count;
        status["numberMisscheduled"] = pods.Count(pod => !wanted.Contains(PodView.Of(pod).Node));
        status["numberReady"] = ready;
        status["observedGeneration"] = generation;
        Optional(status, "updatedNumberScheduled", placed.Count(pod => pod.Hash == hash));
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
