// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Resources;

/// <summary>What is particular to a kind: decoding, defaults, what a create or update may set, validation. The base does nothing.</summary>
internal class ResourceRules
{
    public static ResourceRules None { get; } = new();

    /// <summary>Refuses what could not even be decoded into the kind's type.</summary>
    public virtual ApiError? Decode(ApiResource resource, JsonObject body) => null;

    /// <summary>Drops unknown fields; returns their paths.</summary>
    public virtual IReadOnlyList<string> Prune(JsonObject body) => [];

    public virtual void Default(JsonObject body)
    {
    }

    public virtual void PrepareCreate(JsonObject body)
    {
    }

    public virtual void PrepareUpdate(JsonObject body, JsonObject old)
    {
    }

    public virtual IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old) => [];

    /// <summary>True when <see cref="FromStored"/> changes nothing but the version: then the stored bytes can be sent as they are.</summary>
    public virtual bool IsStoredForm => true;

    public virtual JsonObject FromStored(ApiResource resource, JsonObject body)
    {
        if (body.Text("apiVersion") != resource.GroupVersion)
            body["apiVersion"] = resource.GroupVersion;
        return body;
    }

    public virtual JsonObject ToStored(JsonObject body) => body;

    /// <summary>Where the field of a field selector stands in the stored form.</summary>
    public virtual string StoredPath(string path) => path;

    /// <summary>How a name must look; null when it is fine.</summary>
    public virtual string? NameProblem(string name) => Names.SubdomainProblem(name);
}
