// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Apply;

/// <summary>
/// Shapes of the built-in kinds, by field name: the lists that are merged by key and the objects that are replaced as a whole in
/// Kubernetes' published schemas. Everything else: objects field by field, lists as a whole.
/// </summary>
internal sealed class BuiltInShape : IMergeShape
{
    private static readonly Dictionary<string, string[]> MapLists = new()
    {
        ["containers"] = ["name"],
        ["initContainers"] = ["name"],
        ["ephemeralContainers"] = ["name"],
        ["env"] = ["name"],
        ["volumes"] = ["name"],
        ["volumeMounts"] = ["mountPath"],
        ["volumeDevices"] = ["devicePath"],
        ["imagePullSecrets"] = ["name"],
        ["secrets"] = ["name"],
        ["conditions"] = ["type"],
        ["addresses"] = ["type"],
        ["ownerReferences"] = ["uid"],
        ["matchConditions"] = ["name"],
        ["hostAliases"] = ["ip"],
        ["podIPs"] = ["ip"],
        ["hostIPs"] = ["ip"],
        ["topologySpreadConstraints"] = ["topologyKey", "whenUnsatisfiable"],
    };

    private static readonly HashSet<string> SetLists = ["finalizers", "validationActions", "podCIDRs"];

    private static readonly HashSet<string> AtomicMaps =
    [
        "selector", "nodeSelector", "labelSelector", "namespaceSelector", "objectSelector", "fieldRef", "resourceFieldRef", "configMapKeyRef",
        "secretKeyRef", "secretRef", "regarding", "related", "involvedObject", "roleRef", "matchConstraints", "matchResources", "paramKind",
        "paramRef", "aggregationRule", "targetRef", "requiredDuringSchedulingIgnoredDuringExecution",
    ];

    private static readonly HashSet<string> Structs = ["metadata", "spec", "status", "template", "names", "acceptedNames"];

    private readonly string _name;
    private readonly BuiltInShape? _parent;

    private BuiltInShape(string name, BuiltInShape? parent)
    {
        _name = name;
        _parent = parent;
    }

    public static IMergeShape Root { get; } = new BuiltInShape("", null);

    public static IMergeShape Metadata { get; } = new BuiltInShape("metadata", null);

    public ListShape List => SetLists.Contains(_name) ? ListShape.Set : Keys.Count > 0 ? ListShape.Map : ListShape.Atomic;

    public IReadOnlyList<string> Keys => _name == "ports" ? PortKeys : MapLists.GetValueOrDefault(_name, []);

    public bool IsAtomicMap => AtomicMaps.Contains(_name);

    public bool IsStruct => Structs.Contains(_name);

    /// <summary>Items keep no name of their own: a field of an item is looked up by its own name.</summary>
    public IMergeShape Items => new BuiltInShape("", this);

    /// <summary>Ports of a container are told apart by containerPort, those of a service by port.</summary>
    private string[] PortKeys => _parent is { _name: "" } && _parent._parent is { _name: "containers" or "initContainers" or "ephemeralContainers" }
        ? ["containerPort", "protocol"]
        : ["port", "protocol"];

    /// <summary>Labels and annotations and data are open maps: their keys are data, not field names.</summary>
    public IMergeShape Field(string name) =>
        _name is "labels" or "annotations" or "data" or "stringData" or "binaryData" ? new BuiltInShape("", null) : new BuiltInShape(name, this);

    public JsonNode? KeyDefault(string key) => key == "protocol" ? "TCP" : null;
}
