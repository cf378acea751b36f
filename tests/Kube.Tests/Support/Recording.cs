// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Recorded exchanges of a real API server.</summary>
internal static class Recording
{
    public static string Fixture(params string[] path) => Path.Combine([AppContext.BaseDirectory, "fixtures", .. path]);

    public static IReadOnlyList<JsonObject> Exchanges(string file)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(Fixture("kubernetes-wire", file)))!;
        return [.. root["exchanges"]!.AsArray().Select(node => node!.AsObject())];
    }

    public static JsonObject Exchange(string file, string note) =>
        Exchanges(file).Single(exchange => (string?)exchange["note"] == note);

    public static JsonNode Answer(string file, string note) => Exchange(file, note)["response"]!["body"]!;

    public static byte[] Bytes(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) node.WriteTo(writer);
        return buffer.ToArray();
    }
}
