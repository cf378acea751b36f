// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization;
using KubeWgDiag.Crds.TunnelDiagnoses;

namespace KubeWgDiag.Operator.Configuration;

/// <summary>
/// How probe pods are made, decided by whoever installs the operator and never by a resource: image, rights and resources of
/// a privileged pod must not be open to people who may only create a TunnelDiagnosis.
/// </summary>
/// <remarks>Set, not init: the JSON source generator gives an absent init property null instead of its default.</remarks>
internal sealed record ProbeSettings
{
    /// <summary>Image reference of the probe.</summary>
    public string Image { get; set; } = "";

    /// <summary>Always, IfNotPresent or Never.</summary>
    public string ImagePullPolicy { get; set; } = "IfNotPresent";

    /// <summary>Names of pull secrets in the operator's namespace.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; set; } = [];

    /// <summary>Service account of the probe pods; it may only read NodeProbes and write their status.</summary>
    public string ServiceAccountName { get; set; } = "kubewgdiag-probe";

    /// <summary>Priority class of the probe pods; null = the cluster's default.</summary>
    public string? PriorityClassName { get; set; }

    public ProbeResources Resources { get; set; } = new();

    /// <summary>Tolerations of the probe pods where the diagnosis names none; null = every taint, because broken nodes are tainted.</summary>
    public IReadOnlyList<Toleration>? Tolerations { get; set; }

    /// <summary>Full privileges instead of single capabilities, for nodes whose security module refuses setns otherwise.</summary>
    public bool Privileged { get; set; }

    /// <summary>AppArmor profile of the probe: RuntimeDefault, Unconfined or Localhost/NAME; not used where <see cref="Privileged"/>.</summary>
    public string AppArmorProfile { get; set; } = "Unconfined";

    /// <summary>SELinux type of the probe, e.g. <c>spc_t</c>; null = the runtime's choice.</summary>
    public string? SeLinuxType { get; set; }

    /// <summary>More labels for the probe pods.</summary>
    public IReadOnlyDictionary<string, string> PodLabels { get; set; } = new Dictionary<string, string>();

    /// <summary>More annotations for the probe pods.</summary>
    public IReadOnlyDictionary<string, string> PodAnnotations { get; set; } = new Dictionary<string, string>();

    /// <summary>Fields that nobody knows: kept so that all of them can be named at once.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Requests and limits by resource name, as Kubernetes quantities.</summary>
internal sealed record ProbeResources
{
    public IReadOnlyDictionary<string, string> Requests { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Limits { get; set; } = new Dictionary<string, string>();

    /// <summary>Fields that nobody knows.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Source-generated JSON of the settings file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(ProbeSettings))]
internal sealed partial class ProbeSettingsJsonContext : JsonSerializerContext;
