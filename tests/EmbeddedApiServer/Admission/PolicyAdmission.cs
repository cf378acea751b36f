// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Admission;

/// <summary>Evaluates the stored ValidatingAdmissionPolicies that a binding with the action Deny switches on.</summary>
internal sealed class PolicyAdmission(ObjectStore store) : IAdmission
{
    private const string Policies = "validatingadmissionpolicies.admissionregistration.k8s.io";
    private const string Bindings = "validatingadmissionpolicybindings.admissionregistration.k8s.io";

    public ApiError? Check(AdmissionRequest request)
    {
        // As on a real server, policies do not guard the objects that policies are made of.
        if (request.Target.Resource.Group == "admissionregistration.k8s.io")
            return null;
        foreach (StoredObject item in store.List(Bindings, "").Items)
        {
            JsonObject binding = item.Thaw();
            if (!binding.Strings("spec", "validationActions").Contains("Deny") || store.Find(Policies, "", binding.Text("spec", "policyName") ?? "") is not { } stored)
                continue;
            CompiledPolicy policy = stored.View(version => CompiledPolicy.Compile(version.Thaw()));
            if (policy.Matches(request) && policy.Check(Variables(request)) is { } denial)
                return Deny(request, policy, item.Name, denial);
        }

        return null;
    }

    private static Dictionary<string, object?> Variables(AdmissionRequest request)
    {
        ApiResource resource = request.Target.Resource;
        var about = new JsonObject
        {
            ["userInfo"] = request.User.ToJson(),
            ["operation"] = request.Operation,
            ["name"] = request.Target.Name,
            ["namespace"] = request.Target.Namespace,
            ["resource"] = new JsonObject { ["group"] = resource.Group, ["version"] = resource.Version, ["resource"] = resource.Plural },
            ["subResource"] = request.Target.Subresource,
        };
        return new Dictionary<string, object?>
        {
            ["object"] = CelValues.From(request.Body),
            ["oldObject"] = CelValues.From(request.Old),
            ["request"] = CelValues.From(about),
            ["params"] = null,
            ["namespaceObject"] = null,
        };
    }

    private static ApiError Deny(AdmissionRequest request, CompiledPolicy policy, string binding, (string Message, string Reason) denial)
    {
        ApiResource resource = request.Target.Resource;
        string name = request.Body.Text("metadata", "name") ?? request.Target.Name;
        string words = $"ValidatingAdmissionPolicy '{policy.Name}' with binding '{binding}' denied request: {denial.Message}";
        JsonObject details = ApiError.Target(resource.Group, resource.Plural, name);
        details["causes"] = new JsonArray(new JsonObject { ["message"] = words });
        int code = denial.Reason switch { "Forbidden" => 403, "Unauthorized" => 401, "RequestEntityTooLarge" => 413, _ => 422 };
        return new ApiError(code, denial.Reason, $"{resource.QualifiedPlural} \"{name}\" is forbidden: {words}") { Details = details };
    }
}
