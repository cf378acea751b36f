// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>Pods: defaults, a first status, and the little that this server checks of a pod spec.</summary>
internal sealed class PodRules : ResourceRules
{
    public override void Default(JsonObject body)
    {
        JsonObject spec = body.Ensure("spec");
        PodDefaults.Apply(spec);
        spec.Default("serviceAccountName", "default");
        spec.Default("serviceAccount", spec.Text("serviceAccountName") ?? "default");
        spec.Default("enableServiceLinks", true);
    }

    public override void PrepareCreate(JsonObject body) => body["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "BestEffort" };

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        List<FieldError> errors = [.. ValidateSpec(body["spec"], "spec")];
        if (old?.Text("spec", "nodeName") is { } node && body.Text("spec", "nodeName") != node)
            errors.Add(FieldError.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image` and a few others"));
        return errors;
    }

    public static IEnumerable<FieldError> ValidateSpec(JsonNode? spec, string path)
    {
        JsonNode?[] containers = [.. spec.Items("containers")];
        if (containers.Length == 0)
            yield return FieldError.Required($"{path}.containers");
        var names = new HashSet<string>();
        for (int index = 0; index < containers.Length; index++)
        {
            string at = $"{path}.containers[{index}]";
            string name = containers[index].Text("name") ?? "";
            if (name.Length == 0)
                yield return FieldError.Required($"{at}.name");
            else if (Names.LabelNameProblem(name) is { } problem)
                yield return FieldError.Invalid($"{at}.name", name, problem);
            else if (!names.Add(name))
                yield return FieldError.Duplicate($"{at}.name", name);
            if (string.IsNullOrEmpty(containers[index].Text("image")))
                yield return FieldError.Required($"{at}.image");
            foreach (FieldError error in Mounts(spec, containers[index], at))
                yield return error;
        }

        if (spec.Flag("hostNetwork") == false && spec.Flag("hostPID") && spec.Flag("shareProcessNamespace"))
            yield return FieldError.Invalid($"{path}.shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled");
    }

    private static IEnumerable<FieldError> Mounts(JsonNode? spec, JsonNode? container, string at)
    {
        HashSet<string> volumes = [.. spec.Items("volumes").Select(volume => volume.Text("name")).OfType<string>()];
        return container.Items("volumeMounts").Select((mount, index) => (Name: mount.Text("name"), index)).Where(pair => pair.Name is null || !volumes.Contains(pair.Name))
            .Select(pair => new FieldError("FieldValueNotFound", $"{at}.volumeMounts[{pair.index}].name", $"Not found: \"{pair.Name}\""));
    }
}
