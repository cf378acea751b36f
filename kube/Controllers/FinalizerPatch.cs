// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;

namespace KubeWgDiag.Kube.Controllers;

/// <summary>JSON merge patch of an object's finalizers. It carries the version that was read, for the list is replaced as a whole.</summary>
internal static class FinalizerPatch
{
    public static byte[] Write(string? resourceVersion, IEnumerable<string> finalizers)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata"u8);
            json.WriteString("resourceVersion"u8, resourceVersion);
            json.WriteStartArray("finalizers"u8);
            foreach (string finalizer in finalizers) json.WriteStringValue(finalizer);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
