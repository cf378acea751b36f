// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>The environment of a container: plain values, fields of the pod, keys of config maps and secrets.</summary>
internal sealed partial class PodEnvironment(ClusterObjects objects, AgentSettings settings)
{
    /// <summary>The variables, or the reason why the container cannot be configured.</summary>
    public (IReadOnlyDictionary<string, string>? Variables, string? Problem) Of(StoredObject pod, JsonNode? container)
    {
        var variables = new Dictionary<string, string> { ["KUBERNETES_SERVICE_HOST"] = settings.ServiceHost, ["KUBERNETES_SERVICE_PORT"] = settings.ServicePort };
        JsonObject body = pod.Thaw();
        foreach (JsonNode? entry in container.Items("env"))
        {
            string name = entry.Text("name") ?? "";
            JsonNode? source = entry.At("valueFrom");
            string? value = source switch
            {
                null => entry.Text("value") ?? "",
                _ when source.Text("fieldRef", "fieldPath") is { } path => Field(body, path),
                _ when source.At("configMapKeyRef") is { } key => objects.Find("configmaps", pod.Namespace, key.Text("name") ?? "")?.Body.Text("data", key.Text("key") ?? ""),
                _ when source.At("secretKeyRef") is { } key => Secret(pod.Namespace, key),
                _ => null,
            };
            if (value is not null)
                variables[name] = value;
            else if (!source.Flag("configMapKeyRef", "optional") && !source.Flag("secretKeyRef", "optional"))
                return (null, $"variable {name}: its source cannot be read by this agent: {Json.Compact(source)}");
        }

        return (variables, null);
    }

    private string? Field(JsonObject body, string path)
    {
        Match keyed = Keyed().Match(path);
        if (keyed.Success)
            return body.Text("metadata", keyed.Groups["map"].Value, keyed.Groups["key"].Value) ?? "";
        string? node = body.Text("spec", "nodeName");
        return path switch
        {
            "metadata.name" or "metadata.namespace" or "metadata.uid" or "spec.nodeName" or "spec.serviceAccountName" => body.Text(path.Split('.')),
            "status.hostIP" or "status.podIP" => node is null ? null : NodeAddresses.First(objects.Find("nodes", "", node)),
            _ => null,
        };
    }

    private string? Secret(string @namespace, JsonNode key) =>
        objects.Find("secrets", @namespace, key.Text("name") ?? "")?.Body.Text("data", key.Text("key") ?? "") is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

    [GeneratedRegex(@"^metadata\.(?<map>labels|annotations)\['(?<key>[^']+)'\]$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keyed();
}

/// <summary>Addresses of a node.</summary>
internal static class NodeAddresses
{
    public static string? First(StoredObject? node) =>
        node?.Thaw().Items("status", "addresses").FirstOrDefault(address => address.Text("type") == "InternalIP").Text("address");
}
