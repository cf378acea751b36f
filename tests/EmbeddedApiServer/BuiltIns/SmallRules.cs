// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>Namespaces: active until deleted, held by the finalizer that the namespace controller takes away.</summary>
internal sealed class NamespaceRules : ResourceRules
{
    public override string? NameProblem(string name) => Names.LabelNameProblem(name);

    public override void PrepareCreate(JsonObject body)
    {
        body.Metadata().Ensure("labels")["kubernetes.io/metadata.name"] = body.Text("metadata", "name");
        body["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        body["status"] = new JsonObject { ["phase"] = "Active" };
    }
}

/// <summary>Roles and bindings have names with colons; a binding's role never changes.</summary>
internal sealed class RbacRules : ResourceRules
{
    public override string? NameProblem(string name) => Names.PathSegmentProblem(name);

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        bool isBinding = body.Text("kind")?.EndsWith("Binding", StringComparison.Ordinal) == true;
        if (isBinding && string.IsNullOrEmpty(body.Text("roleRef", "name")))
            return [FieldError.Required("roleRef.name")];
        return isBinding && old is not null && !Json.Same(body["roleRef"], old["roleRef"])
            ? [FieldError.Invalid("roleRef", body["roleRef"]?.DeepClone(), "cannot change roleRef")]
            : [];
    }
}

/// <summary>Secrets: stringData is written into data; the type stays.</summary>
internal sealed class SecretRules : ResourceRules
{
    public override void Default(JsonObject body)
    {
        body.Default("type", "Opaque");
        if (body["stringData"] is not JsonObject texts)
            return;
        foreach ((string key, JsonNode? value) in texts)
            body.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
        body.Remove("stringData");
    }

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        if (old is not null && body.Text("type") != old.Text("type"))
            return [FieldError.Invalid("type", body.Text("type"), "field is immutable")];
        foreach ((string key, JsonNode? value) in body.Map("data") ?? [])
        {
            byte[] space = new byte[(value.Text()?.Length ?? 0) + 4];
            if (value.Text() is { } text && !Convert.TryFromBase64String(text, space, out _))
                return [FieldError.Invalid($"data[{key}]", null, "must be base64")];
        }

        return [];
    }
}

/// <summary>Services get a cluster address out of thin air: there is no service network here.</summary>
internal sealed class ServiceRules : ResourceRules
{
    public override void Default(JsonObject body)
    {
        JsonObject spec = body.Ensure("spec");
        spec.Default("type", "ClusterIP");
        spec.Default("clusterIP", "None");
        spec.Default("sessionAffinity", "None");
        foreach (JsonObject port in spec.Items("ports").OfType<JsonObject>())
        {
            port.Default("protocol", "TCP");
            if (port["port"] is { } number)
                port.Default("targetPort", number.DeepClone());
        }
    }

    public override void PrepareCreate(JsonObject body) => body["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
}

/// <summary>Admission policies: defaults, and expressions that must compile here, because they are evaluated here.</summary>
internal sealed class PolicyRules : ResourceRules
{
    public override void Default(JsonObject body)
    {
        JsonObject spec = body.Ensure("spec");
        spec.Default("failurePolicy", "Fail");
        if (spec["matchConstraints"] is not JsonObject constraints)
            return;
        constraints.Default("namespaceSelector", new JsonObject());
        constraints.Default("objectSelector", new JsonObject());
        constraints.Default("matchPolicy", "Equivalent");
        foreach (JsonObject rule in constraints.Items("resourceRules").OfType<JsonObject>())
            rule.Default("scope", "*");
    }

    public override void PrepareCreate(JsonObject body) => body["status"] = new JsonObject();

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old) => CompiledPolicy.Compile(body).Errors;
}
