// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.BuiltIns;

/// <summary>DaemonSets and Deployments: defaults, the selector that must fit the template and never changes.</summary>
internal sealed class WorkloadRules(bool isDaemonSet) : ResourceRules
{
    private const string TemplateGeneration = "deprecated.daemonset.template.generation";

    public override void Default(JsonObject body)
    {
        JsonObject spec = body.Ensure("spec");
        spec.Default("revisionHistoryLimit", 10);
        PodDefaults.Apply(spec.Ensure("template").Ensure("spec"));
        if (isDaemonSet)
        {
            spec.Default("updateStrategy", new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxUnavailable"] = 1, ["maxSurge"] = 0 } });
            return;
        }

        spec.Default("replicas", 1);
        spec.Default("progressDeadlineSeconds", 600);
        spec.Default("strategy", new JsonObject { ["type"] = "RollingUpdate", ["rollingUpdate"] = new JsonObject { ["maxUnavailable"] = "25%", ["maxSurge"] = "25%" } });
    }

    public override void PrepareCreate(JsonObject body)
    {
        if (!isDaemonSet)
        {
            body["status"] = new JsonObject();
            return;
        }

        body.Metadata().Ensure("annotations")[TemplateGeneration] = "1";
        body["status"] = new JsonObject { ["currentNumberScheduled"] = 0, ["numberMisscheduled"] = 0, ["desiredNumberScheduled"] = 0, ["numberReady"] = 0 };
    }

    public override void PrepareUpdate(JsonObject body, JsonObject old)
    {
        if (!isDaemonSet)
            return;
        long generation = long.TryParse(old.Text("metadata", "annotations", TemplateGeneration), NumberStyles.None, CultureInfo.InvariantCulture, out long said) ? said : 1;
        if (!Json.Same(body.At("spec", "template"), old.At("spec", "template")))
            generation++;
        body.Metadata().Ensure("annotations")[TemplateGeneration] = generation.ToString(CultureInfo.InvariantCulture);
    }

    public override IReadOnlyList<FieldError> Validate(JsonObject body, JsonObject? old)
    {
        var errors = new List<FieldError>();
        JsonNode? selector = body.At("spec", "selector");
        if (selector is null)
            errors.Add(FieldError.Required("spec.selector"));
        else if (old is not null && !Json.Same(selector, old.At("spec", "selector")))
            errors.Add(FieldError.Invalid("spec.selector", selector, "field is immutable"));
        JsonObject? labels = body.Map("spec", "template", "metadata", "labels");
        if (!LabelSelector.FromObject(selector).Matches((labels ?? []).Select(pair => (pair.Key, pair.Value.Text() ?? ""))))
            errors.Add(FieldError.Invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
        errors.AddRange(PodRules.ValidateSpec(body.At("spec", "template", "spec"), "spec.template.spec"));
        if (body.Text("spec", "template", "spec", "restartPolicy") != "Always")
            errors.Add(FieldError.NotSupported("spec.template.spec.restartPolicy", body.Text("spec", "template", "spec", "restartPolicy"), ["Always"]));
        return errors;
    }
}
