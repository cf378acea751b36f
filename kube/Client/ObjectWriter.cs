// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Makes request bodies.</summary>
internal static class ObjectWriter
{
    /// <summary>Writes an object; apiVersion and kind always are the endpoint's, which is what the server insists on.</summary>
    public static byte[] Write<T>(ResourceType<T> type, T body)
        where T : class, IKubernetesObject
    {
        var root = (JsonObject)JsonSerializer.SerializeToNode(body, type.Json)!;
        root["apiVersion"] = type.ApiVersion;
        root["kind"] = type.Kind;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) root.WriteTo(writer);
        return buffer.ToArray();
    }
}
