// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Resources;

/// <summary>Rules of <c>metadata</c> that hold for every kind.</summary>
internal static class MetadataValidator
{
    private const int MaxAnnotationBytes = 256 * 1024;

    public static IEnumerable<FieldError> Validate(ApiResource resource, JsonObject body, JsonObject? old)
    {
        JsonObject metadata = body.Metadata();
        string name = metadata.Text("name") ?? "";
        if (name.Length == 0)
            yield return FieldError.Required("metadata.name", "name or generateName is required");
        else if (resource.Rules.NameProblem(name) is { } problem)
            yield return FieldError.Invalid("metadata.name", name, problem);

        foreach ((string key, JsonNode? value) in metadata.Map("labels") ?? [])
        {
            if (!Names.IsQualifiedName(key))
                yield return FieldError.Invalid("metadata.labels", key, "a qualified name must consist of alphanumeric characters, '-', '_' or '.'");
            if (value.Text() is not { } text || !Names.IsLabelValue(text))
                yield return FieldError.Invalid("metadata.labels", value, "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', at most 63");
        }

        if ((metadata.Map("annotations") ?? []).Sum(item => item.Key.Length + (item.Value.Text()?.Length ?? 0)) > MaxAnnotationBytes)
            yield return FieldError.TooLong("metadata.annotations", MaxAnnotationBytes);
        foreach (FieldError error in Owners(metadata))
            yield return error;
        if (old is not null)
        {
            foreach (FieldError error in Finalizers(metadata, old))
                yield return error;
        }
    }

    private static IEnumerable<FieldError> Owners(JsonObject metadata)
    {
        int controllers = 0;
        int index = 0;
        foreach (JsonNode? owner in metadata.Items("ownerReferences"))
        {
            foreach (string field in (string[])["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.Text(field)))
                    yield return FieldError.Invalid($"metadata.ownerReferences[{index}].{field}", "", $"{field} must not be empty");
            }

            if (owner.Flag("controller") && ++controllers > 1)
                yield return FieldError.Invalid("metadata.ownerReferences", null, "Only one reference can have Controller set to true");
            index++;
        }
    }

    private static IEnumerable<FieldError> Finalizers(JsonObject metadata, JsonObject old)
    {
        if (old.Text("metadata", "deletionTimestamp") is null)
            yield break;
        string[] added = [.. metadata.Strings("finalizers").Except(old.Strings("metadata", "finalizers"))];
        if (added.Length > 0)
        {
            string list = string.Join(", ", added.Select(item => $"\"{item}\""));
            yield return FieldError.Forbidden("metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{list}}}");
        }
    }
}
