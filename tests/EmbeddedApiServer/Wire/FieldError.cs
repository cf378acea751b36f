// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire;

/// <summary>One cause of an Invalid answer: which field, why, in words.</summary>
internal sealed record FieldError(string Reason, string Field, string Message)
{
    public static FieldError Invalid(string field, JsonNode? value, string why) => new("FieldValueInvalid", field, $"Invalid value: {Json.Compact(value)}: {why}");

    public static FieldError Required(string field, string? why = null) => new("FieldValueRequired", field, why is null ? "Required value" : $"Required value: {why}");

    public static FieldError Forbidden(string field, string why) => new("FieldValueForbidden", field, $"Forbidden: {why}");

    public static FieldError Duplicate(string field, JsonNode? value) => new("FieldValueDuplicate", field, $"Duplicate value: {Json.Compact(value)}");

    public static FieldError Type(string field, string found, string wanted) =>
        new("FieldValueTypeInvalid", field, $"Invalid value: \"{found}\": {field} in body must be of type {wanted}: \"{found}\"");

    public static FieldError NotSupported(string field, JsonNode? value, IEnumerable<JsonNode?> allowed) =>
        new("FieldValueNotSupported", field, $"Unsupported value: {Json.Compact(value)}: supported values: {string.Join(", ", allowed.Select(Json.Compact))}");

    public static FieldError TooLong(string field, long limit) => new("FieldValueTooLong", field, $"Too long: may not be more than {limit} bytes");

    public static FieldError TooMany(string field, long found, long limit) => new("FieldValueTooMany", field, $"Too many: {found}: must have at most {limit} items");

    /// <summary>True for errors after which the server does not run the CEL rules: the value may not have the shape they expect.</summary>
    public bool BlocksRules => Reason is "FieldValueNotSupported" or "FieldValueRequired" or "FieldValueTooLong" or "FieldValueTooMany" or "FieldValueTypeInvalid";

    public static FieldError RulesNotChecked { get; } = new(
        "FieldValueInvalid", "<nil>",
        "Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation");

    public JsonObject ToJson() => new() { ["reason"] = Reason, ["message"] = Message, ["field"] = Field };

    public override string ToString() => $"{Field}: {Message}";
}
