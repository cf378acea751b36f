// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>JSON of what only the client itself reads and writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 64)]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(DeleteRequest))]
[JsonSerializable(typeof(MetadataOnly))]
[JsonSerializable(typeof(ListMeta))]
internal sealed partial class WireJsonContext : JsonSerializerContext;

/// <summary>How everything from the server is read.</summary>
internal static class WireJson
{
    /// <summary>Depth 64 is more than any schema needs; deeper is an attack on the stack.</summary>
    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = 64 };
}

/// <summary><c>meta/v1 DeleteOptions</c>.</summary>
internal sealed record DeleteRequest
{
    public string ApiVersion { get; } = "v1";

    public string Kind { get; } = "DeleteOptions";

    public string PropagationPolicy { get; } = "Background";

    public DeletePreconditions? Preconditions { get; init; }
}

/// <summary><c>meta/v1 Preconditions</c>.</summary>
internal sealed record DeletePreconditions(string Uid);

/// <summary>The head of any object.</summary>
internal sealed record MetadataOnly
{
    public string? Kind { get; init; }

    public ObjectMeta? Metadata { get; init; }
}
