// SPDX-License-Identifier: Apache-2.0

using System.Text.RegularExpressions;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>Checks the settings at start, because a wrong one would only show itself as pods that the API server refuses.</summary>
internal static partial class ProbeSettingsValidator
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];

    /// <summary>Every fault, one line each; empty when there is none.</summary>
    public static IReadOnlyList<string> Validate(ProbeSettings settings)
    {
        var faults = new List<string>();
        CheckImage(settings, faults);
        CheckNames(settings, faults);
        CheckSecurityModules(settings, faults);
        CheckQuantities("resources.requests", settings.Resources.Requests, faults);
        CheckQuantities("resources.limits", settings.Resources.Limits, faults);
        CheckMetadata(settings, faults);
        foreach (var (toleration, index) in (settings.Tolerations ?? []).Select((t, i) => (t, i)))
        {
            if (LabelSyntax.FaultOf(toleration) is { } fault)
                faults.Add($"tolerations[{index}]: {fault}");
        }

        faults.AddRange((settings.Unknown ?? []).Keys.Select(name => $"{name}: unknown field"));
        faults.AddRange((settings.Resources.Unknown ?? []).Keys.Select(name => $"resources.{name}: unknown field"));
        return faults;
    }

    private static void CheckImage(ProbeSettings settings, List<string> faults)
    {
        if (settings.Image.Length == 0)
            faults.Add("image: missing");
        else if (settings.Image.Length > 512 || !ImageReference().IsMatch(settings.Image))
            faults.Add("image: not an image reference");
        if (!PullPolicies.Contains(settings.ImagePullPolicy))
            faults.Add($"imagePullPolicy: must be one of {string.Join(", ", PullPolicies)}");
    }

    private static void CheckNames(ProbeSettings settings, List<string> faults)
    {
        if (!LabelSyntax.IsDnsSubdomain(settings.ServiceAccountName))
            faults.Add("serviceAccountName: not a resource name");
        if (settings.PriorityClassName is { } priority && !LabelSyntax.IsDnsSubdomain(priority))
            faults.Add("priorityClassName: not a resource name");
        foreach (var (secret, index) in settings.ImagePullSecrets.Select((s, i) => (s, i)))
        {
            if (!LabelSyntax.IsDnsSubdomain(secret))
                faults.Add($"imagePullSecrets[{index}]: not a resource name");
        }
    }

    private static void CheckSecurityModules(ProbeSettings settings, List<string> faults)
    {
        if (!AppArmorProfile().IsMatch(settings.AppArmorProfile))
            faults.Add("appArmorProfile: must be RuntimeDefault, Unconfined or Localhost/NAME");
        if (settings.SeLinuxType is { } type && !SeLinuxType().IsMatch(type))
            faults.Add("seLinuxType: not a type name");
    }

    private static void CheckQuantities(string field, IReadOnlyDictionary<string, string> quantities, List<string> faults)
    {
        foreach (var (name, quantity) in quantities)
        {
            if (!LabelSyntax.IsKey(name))
                faults.Add($"{field}: '{name}' is not a resource name");
            else if (!Quantity().IsMatch(quantity))
                faults.Add($"{field}.{name}: '{quantity}' is not a quantity");
        }
    }

    private static void CheckMetadata(ProbeSettings settings, List<string> faults)
    {
        if (LabelSyntax.FaultOf(settings.PodLabels) is { } fault)
            faults.Add($"podLabels: {fault}");
        // The operator and the probes find each other by these labels.
        foreach (var key in settings.PodLabels.Keys.Where(key => key.StartsWith("kubewgdiag.io/", StringComparison.Ordinal)))
            faults.Add($"podLabels: '{key}' is the operator's own");
        foreach (var key in settings.PodAnnotations.Keys.Where(key => !LabelSyntax.IsKey(key)))
            faults.Add($"podAnnotations: '{key}' is not an annotation key");
    }

    // distribution/reference: lower-case path, optional registry, tag and digest. Loose on purpose: the runtime has the last word.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._:/@-]*$", RegexOptions.NonBacktracking)]
    private static partial Regex ImageReference();

    // core/v1 AppArmorProfile: a profile name that is loaded on the node.
    [GeneratedRegex("^(RuntimeDefault|Unconfined|Localhost/[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,254})$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AppArmorProfile();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$", RegexOptions.NonBacktracking)]
    private static partial Regex SeLinuxType();

    // apimachinery/pkg/api/resource: decimal number with a decimal or binary suffix.
    [GeneratedRegex("^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|e[0-9]{1,2})?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Quantity();
}
