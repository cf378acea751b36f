// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.EmbeddedApiServer.Wire.Protobuf;
using Microsoft.AspNetCore.Http;

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>Reads a request's body within the limit of a real server and decodes it by media type.</summary>
internal static class BodyReader
{
    public const string Protobuf = "application/vnd.kubernetes.protobuf";
    public const string ObjectTypes = $"application/json, application/yaml, {Protobuf}";
    public const long Limit = 3 * 1024 * 1024;

    /// <summary>A body over the limit is read on to here, so that the sender gets the answer and no broken connection.</summary>
    private const long DrainLimit = 32 * 1024 * 1024;

    public static async Task<(byte[]? Body, ApiError? Problem)> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        long total = 0;
        int read;
        while ((read = await request.Body.ReadAsync(chunk, ct)) > 0)
        {
            total += read;
            if (total <= Limit)
                buffer.Write(chunk, 0, read);
            if (total > DrainLimit)
                break;
        }

        return total > Limit ? (null, ApiError.TooLarge(Limit)) : (buffer.ToArray(), null);
    }

    public static string MediaType(HttpRequest request) => (request.ContentType ?? "application/json").Split(';')[0].Trim().ToLowerInvariant();

    /// <param name="kind">Named in messages.</param>
    public static (JsonNode? Node, ApiError? Problem) Decode(byte[] body, string mediaType, string kind)
    {
        if (mediaType == Protobuf)
        {
            return ProtoDecoder.Decode(body) is { } decoded
                ? (decoded, null)
                : (null, ApiError.UnsupportedMediaType($"{ObjectTypes} (this server reads only a few kinds in protobuf, and {kind} came in a form it does not know)"));
        }

        if (mediaType.EndsWith("yaml", StringComparison.Ordinal) && !LooksLikeJson(body))
        {
            (IReadOnlyList<JsonNode?>? documents, string? problem) = Yaml.Parse(Encoding.UTF8.GetString(body));
            return documents is [{ } only] ? (only, null) : (null, ApiError.BadRequest(problem ?? "expected one YAML document"));
        }

        try
        {
            JsonElement element = Json.ParseElement(body);
            return element.ValueKind switch
            {
                JsonValueKind.Object => (JsonObject.Create(element), null),
                JsonValueKind.Array => (JsonArray.Create(element), null),
                _ => (null, ApiError.BadRequest($"the object provided is unrecognized (must be of type {kind}): it is no object")),
            };
        }
        catch (JsonException error)
        {
            return (null, ApiError.BadRequest($"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {error.Message}"));
        }
    }

    private static bool LooksLikeJson(byte[] body) => body.AsSpan().TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
}
