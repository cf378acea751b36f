// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Hosting;

/// <summary>The Node object of an <see cref="EmbeddedNode"/>.</summary>
internal static class NodeBuilder
{
    public static JsonObject Build(EmbeddedNode node, TimeProvider time)
    {
        var labels = new JsonObject { ["kubernetes.io/hostname"] = node.Name, ["kubernetes.io/os"] = "linux", ["kubernetes.io/arch"] = Architecture() };
        foreach ((string key, string value) in node.Labels)
            labels[key] = value;
        var annotations = new JsonObject();
        foreach ((string key, string value) in node.Annotations)
            annotations[key] = value;
        var spec = new JsonObject();
        if (node.PodCidrs.Count > 0)
        {
            spec["podCIDR"] = node.PodCidrs[0];
            spec["podCIDRs"] = Json.Array(node.PodCidrs);
        }

        if (node.Taints.Count > 0)
            spec["taints"] = Json.Array(node.Taints.Select(taint => (JsonNode?)new JsonObject { ["key"] = taint.Key, ["value"] = taint.Value, ["effect"] = taint.Effect }));
        JsonObject status = Status(node, time);
        if (node.Simulated is { } behaviour)
        {
            NodeMarks.WriteSpec(spec, behaviour);
            NodeMarks.WriteStatus(status, behaviour, time);
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = node.Name, ["labels"] = labels, ["annotations"] = annotations },
            ["spec"] = spec,
            ["status"] = status,
        };
    }

    private static JsonObject Status(EmbeddedNode node, TimeProvider time)
    {
        var capacity = new JsonObject { ["cpu"] = "2", ["memory"] = "8Gi", ["pods"] = "110" };
        return new JsonObject
        {
            ["capacity"] = capacity,
            ["allocatable"] = capacity.DeepClone(),
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Ready",
                ["status"] = "True",
                ["lastHeartbeatTime"] = time.Now(),
                ["lastTransitionTime"] = time.Now(),
                ["reason"] = "KubeletReady",
                ["message"] = "the node agent of the embedded server is running",
            }),
            ["addresses"] = Json.Array(
            [
                .. node.InternalIps.Select(ip => (JsonNode?)new JsonObject { ["type"] = "InternalIP", ["address"] = ip }),
                new JsonObject { ["type"] = "Hostname", ["address"] = node.Name },
            ]),
            ["nodeInfo"] = new JsonObject
            {
                ["kernelVersion"] = Environment.OSVersion.Version.ToString(),
                ["osImage"] = "network namespace",
                ["containerRuntimeVersion"] = "embedded://1",
                ["kubeletVersion"] = DiscoveryDocuments.ServerVersion,
                ["operatingSystem"] = "linux",
                ["architecture"] = Architecture(),
            },
        };
    }

    private static string Architecture() => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "amd64",
    };
}
