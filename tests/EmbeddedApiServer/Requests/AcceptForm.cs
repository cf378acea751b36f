// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Requests;

/// <summary>The form of an answer that the Accept header asks for. Only JSON is spoken; other encodings are read over.</summary>
internal sealed record AcceptForm(string As, string Version)
{
    public bool IsTable => As == "Table";

    public bool IsPlain => !IsTable && !IsMetadata;

    public bool IsMetadata => As is "PartialObjectMetadata" or "PartialObjectMetadataList";

    public static AcceptForm Read(string? accept)
    {
        foreach (string range in (accept ?? "").Split(',', StringSplitOptions.TrimEntries))
        {
            string[] parts = range.Split(';', StringSplitOptions.TrimEntries);
            if (parts[0] is not ("application/json" or "*/*" or "application/*"))
                continue;
            string form = Parameter(parts, "as");
            string version = Parameter(parts, "v");
            if (form is "" or "Table" or "PartialObjectMetadata" or "PartialObjectMetadataList" && version is "" or "v1")
                return new(form, version);
            if (form == "APIGroupDiscoveryList" && version == "v2")
                return new(form, version);
        }

        return new("", "");
    }

    private static string Parameter(string[] parts, string name) =>
        parts.Select(part => part.Split('=', 2)).FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1] ?? "";
}
