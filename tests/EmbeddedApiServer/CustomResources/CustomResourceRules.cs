// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.CustomResources;

/// <summary>Custom resources behave as their schema says.</summary>
internal sealed class CustomResourceRules(StructuralSchema schema) : ResourceRules
{
    public override IReadOnlyList<string> Prune(JsonObject body)
    {
        var dropped = new List<string>();
        Pruner.Prune(body, schema, "", isRoot: true, dropped);
        return dropped;
    }

    public override void Default(JsonObject body) => Defaulter.Apply(body, schema);

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        List<FieldError> errors = SchemaValidator.Validate(body, schema, "");
        bool nameIsMissing = string.IsNullOrEmpty(body.Text("metadata", "name"));
        if (nameIsMissing || errors.Exists(error => error.BlocksRules))
            return errors;
        RuleRunner.Run(body, old, schema, "", errors);
        return errors;
    }
}
