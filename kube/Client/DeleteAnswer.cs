// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Reads the answer to a delete: a Status when the object is gone, the object itself when finalizers keep it. Both are a
/// success, and the object has a <c>status</c> of quite another shape.
/// </summary>
internal static class DeleteAnswer
{
    public static Status Gone { get; } = new() { Result = "Success", Code = 200 };

    public static async ValueTask<Status?> ReadAsync(Stream body, CancellationToken ct)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(body, default, ct);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) return null;
        if (IsStatus(root)) return root.Deserialize(WireJsonContext.Default.Status);
        MetadataOnly? kept = root.Deserialize(WireJsonContext.Default.MetadataOnly);
        return new Status { Result = "Success", Code = 200, Details = new StatusDetails { Kind = kept?.Kind, Name = kept?.Metadata?.Name } };
    }

    private static bool IsStatus(JsonElement root) =>
        root.TryGetProperty("kind", out JsonElement kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("Status");
}
