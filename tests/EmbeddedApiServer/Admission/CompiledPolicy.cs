// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Admission;

/// <summary>A ValidatingAdmissionPolicy with its expressions parsed.</summary>
internal sealed class CompiledPolicy
{
    private static readonly string[] Names = ["object", "oldObject", "request", "variables", "params", "namespaceObject"];
    private readonly JsonObject _policy;
    private readonly List<(string Name, CelNode Expression)> _conditions = [];
    private readonly List<(string Name, CelNode Expression)> _variables = [];
    private readonly List<(JsonNode? Source, CelNode Expression, CelNode? Message)> _validations = [];
    private readonly List<FieldError> _errors = [];

    private CompiledPolicy(JsonObject policy) => _policy = policy;

    public IReadOnlyList<FieldError> Errors => _errors;

    public string Name => _policy.Text("metadata", "name") ?? "";

    public bool FailsClosed => _policy.Text("spec", "failurePolicy") != "Ignore";

    public static CompiledPolicy Compile(JsonObject policy)
    {
        var compiled = new CompiledPolicy(policy);
        compiled.Add("matchConditions", compiled._conditions);
        compiled.Add("variables", compiled._variables);
        int index = 0;
        foreach (JsonNode? validation in policy.Items("spec", "validations"))
        {
            string path = $"spec.validations[{index++}]";
            CelNode? rule = compiled.Parse(validation.Text("expression"), $"{path}.expression");
            CelNode? message = validation.Text("messageExpression") is { } text ? compiled.Parse(text, $"{path}.messageExpression") : null;
            if (rule is not null)
                compiled._validations.Add((validation, rule, message));
        }

        if (policy.At("spec", "paramKind") is not null)
            compiled._errors.Add(FieldError.Forbidden("spec.paramKind", "parameters are not simulated by this server"));
        return compiled;
    }

    public bool Matches(AdmissionRequest request) =>
        _policy.Items("spec", "matchConstraints", "resourceRules").Any(rule => Fits(rule, request))
        && !_policy.Items("spec", "matchConstraints", "excludeResourceRules").Any(rule => Fits(rule, request));

    /// <summary>Null when the policy lets the request pass, else the message and the reason.</summary>
    public (string Message, string Reason)? Check(IReadOnlyDictionary<string, object?> variables)
    {
        var values = new Dictionary<string, object?>(variables);
        var own = new Dictionary<string, object?>();
        values["variables"] = own;
        foreach ((string name, CelNode expression) in _conditions)
        {
            object? holds = expression.Evaluate(new CelScope(values));
            if (holds is CelError error)
                return FailsClosed ? ($"match condition \"{name}\" could not be evaluated: {error.Message}", "Invalid") : null;
            if (holds is not true)
                return null;
        }

        foreach ((string name, CelNode expression) in _variables)
            own[name] = expression.Evaluate(new CelScope(values));
        foreach ((JsonNode? source, CelNode expression, CelNode? message) in _validations)
        {
            object? result = expression.Evaluate(new CelScope(values));
            if (result is true || (result is CelError && !FailsClosed))
                continue;
            string words = result is CelError error
                ? $"expression '{source.Text("expression")}' resulted in error: {error.Message}"
                : message?.Evaluate(new CelScope(values)) as string ?? source.Text("message") ?? $"failed expression: {source.Text("expression")}";
            return (words, source.Text("reason") ?? "Invalid");
        }

        return null;
    }

    private static bool Fits(JsonNode? rule, AdmissionRequest request)
    {
        ApiResource resource = request.Target.Resource;
        string full = request.Target.Subresource.Length == 0 ? resource.Plural : $"{resource.Plural}/{request.Target.Subresource}";
        return Has(rule, "operations", request.Operation) && Has(rule, "apiGroups", resource.Group) && Has(rule, "apiVersions", resource.Version)
            && rule.Strings("resources").Any(item => item == full || item == "*/*" || (item == "*" && request.Target.Subresource.Length == 0) || item == $"{resource.Plural}/*")
            && (!rule.Items("resourceNames").Any() || rule.Strings("resourceNames").Contains(request.Target.Name));
    }

    private static bool Has(JsonNode? rule, string field, string value) => rule.Strings(field).Any(item => item == "*" || item == value);

    private void Add(string list, List<(string, CelNode)> parsed)
    {
        int index = 0;
        foreach (JsonNode? item in _policy.Items("spec", list))
        {
            if (Parse(item.Text("expression"), $"spec.{list}[{index++}].expression") is { } expression)
                parsed.Add((item.Text("name") ?? "", expression));
        }
    }

    private CelNode? Parse(string? text, string path)
    {
        (CelNode? node, string? problem) = CelParser.Parse(text ?? "", Names);
        if (node is null)
            _errors.Add(FieldError.Invalid(path, text, $"compilation failed: {problem}"));
        return node;
    }
}
