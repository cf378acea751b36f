// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>One recorded request with its answer.</summary>
public sealed record Exchange(string File, int Index, string Note, JsonObject Request, JsonObject Response)
{
    public string Method => (string)Request["method"]!;

    public string Path => (string)Request["path"]!;

    public int Status => (int)Response["status"]!;

    /// <summary>Name in test reports and in the table of deviations.</summary>
    public string Id => $"{File[..2]}/{Index}: {Note}";

    public static IReadOnlyList<Exchange> LoadAll()
    {
        string folder = System.IO.Path.Combine(AppContext.BaseDirectory, "kubernetes-wire");
        return
        [
            .. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(file =>
                ((JsonArray)JsonNode.Parse(System.IO.File.ReadAllText(file))!["exchanges"]!).Select((node, index) => new Exchange(
                    System.IO.Path.GetFileName(file), index, (string)node!["note"]!, (JsonObject)node["request"]!, (JsonObject)node["response"]!))),
        ];
    }
}
