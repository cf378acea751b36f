// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>Which objects are only marked on deletion, because somebody has to end a process first.</summary>
internal interface IGracefulKinds
{
    /// <summary>Seconds to wait; zero: gone at once.</summary>
    long GraceSeconds(ApiResource resource, StoredObject item, long? wanted);
}

/// <summary>Pods on a node with a running agent.</summary>
internal sealed class GracefulPods(Func<string, bool> hasAgent) : IGracefulKinds
{
    private const long DefaultSeconds = 30;

    public long GraceSeconds(ApiResource resource, StoredObject item, long? wanted)
    {
        if (resource is not { Plural: "pods", Group: "" } || item.Body.Text("spec", "nodeName") is not { } node || !hasAgent(node))
            return 0;
        if (item.Body.Text("status", "phase") is "Succeeded" or "Failed")
            return 0;
        return wanted ?? (item.Thaw().Number("spec", "terminationGracePeriodSeconds") ?? DefaultSeconds);
    }
}
