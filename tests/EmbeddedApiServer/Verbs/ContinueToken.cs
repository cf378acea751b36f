// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Verbs;

/// <summary>Where a paged list goes on: the revision of the first page and the last key seen.</summary>
internal sealed record ContinueToken(long Revision, string After)
{
    public static ContinueToken? Read(string text)
    {
        try
        {
            string padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
            JsonNode? node = JsonNode.Parse(Convert.FromBase64String(padded));
            return node.Number("rv") is { } revision && node.Text("start") is { } start && node.Text("v") == "meta.k8s.io/v1"
                ? new ContinueToken(revision, start)
                : null;
        }
        catch (Exception error) when (error is FormatException or JsonException)
        {
            return null;
        }
    }

    public override string ToString() =>
        Convert.ToBase64String(Json.Bytes(new JsonObject { ["v"] = "meta.k8s.io/v1", ["rv"] = Revision, ["start"] = After })).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
