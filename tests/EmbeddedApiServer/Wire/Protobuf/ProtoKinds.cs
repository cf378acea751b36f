// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Wire.Protobuf;

/// <summary>
/// The kinds that kubectl (1.33 and later) and Helm send in protobuf, with the field numbers of Kubernetes' published .proto files. Every
/// other kind is refused in this encoding.
/// </summary>
internal static class ProtoKinds
{
    private static readonly ProtoMessage Owner = Of((1, Text("kind")), (3, Text("name")), (4, Text("uid")), (5, Text("apiVersion")), (6, Flag("controller")), (7, Flag("blockOwnerDeletion")));

    private static readonly ProtoField Metadata = new("metadata", ProtoType.Message, Of(
        (1, Text("name")), (2, Text("generateName")), (3, Text("namespace")), (5, Text("uid")), (6, Text("resourceVersion")), (11, Map("labels")), (12, Map("annotations")),
        (13, List("ownerReferences", Owner)), (14, Texts("finalizers"))));

    private static readonly ProtoField LocalReferences = List("imagePullSecrets", Of((1, Text("name"))));

    private static readonly ProtoMessage Rule = Of((1, Texts("verbs")), (2, Texts("apiGroups")), (3, Texts("resources")), (4, Texts("resourceNames")), (5, Texts("nonResourceURLs")));

    private static readonly ProtoMessage Subject = Of((1, Text("kind")), (2, Text("apiGroup")), (3, Text("name")), (4, Text("namespace")));

    private static readonly ProtoMessage RoleReference = Of((1, Text("apiGroup")), (2, Text("kind")), (3, Text("name")));

    private static readonly ProtoMessage Role = Of((1, Metadata), (2, List("rules", Rule)));

    private static readonly ProtoMessage Binding = Of((1, Metadata), (2, List("subjects", Subject)), (3, One("roleRef", RoleReference)));

    private static readonly ProtoMessage Access = Of(
        (1, One("resourceAttributes", Of((1, Text("namespace")), (2, Text("verb")), (3, Text("group")), (4, Text("version")), (5, Text("resource")), (6, Text("subresource")), (7, Text("name"))))),
        (2, One("nonResourceAttributes", Of((1, Text("path")), (2, Text("verb"))))));

    private static readonly ProtoMessage Token = Of(
        (1, Texts("audiences")), (3, One("boundObjectRef", Of((1, Text("kind")), (2, Text("apiVersion")), (3, Text("name")), (4, Text("uid"))))), (4, Number("expirationSeconds")));

    private static readonly Dictionary<string, ProtoMessage> Kinds = new()
    {
        ["Namespace"] = Of((1, Metadata)),
        ["Secret"] = Of((1, Metadata), (2, new("data", ProtoType.BytesMap)), (3, Text("type")), (4, Map("stringData")), (5, Flag("immutable"))),
        ["ConfigMap"] = Of((1, Metadata), (2, Map("data")), (3, new("binaryData", ProtoType.BytesMap)), (4, Flag("immutable"))),
        ["ServiceAccount"] = Of((1, Metadata), (3, LocalReferences), (4, Flag("automountServiceAccountToken"))),
        ["Role"] = Role,
        ["ClusterRole"] = Role,
        ["RoleBinding"] = Binding,
        ["ClusterRoleBinding"] = Binding,
        ["SelfSubjectAccessReview"] = Of((1, Metadata), (2, One("spec", Access))),
        ["SelfSubjectReview"] = Of((1, Metadata)),
        ["TokenRequest"] = Of((1, Metadata), (2, One("spec", Token))),
        ["DeleteOptions"] = Of(
            (1, Number("gracePeriodSeconds")), (2, One("preconditions", Of((1, Text("uid")), (2, Text("resourceVersion"))))), (3, Flag("orphanDependents")), (4, Text("propagationPolicy")), (5, Texts("dryRun"))),
    };

    /// <summary>The envelope that says kind and version of the message inside.</summary>
    public static ProtoMessage Envelope { get; } = Of((1, One("typeMeta", Of((1, Text("apiVersion")), (2, Text("kind"))))), (2, new("raw", ProtoType.Bytes)));

    public static ProtoMessage? Find(string kind) => Kinds.GetValueOrDefault(kind);

    private static ProtoMessage Of(params ReadOnlySpan<(int Number, ProtoField Field)> fields)
    {
        var map = new Dictionary<int, ProtoField>();
        foreach ((int number, ProtoField field) in fields)
            map[number] = field;
        return new ProtoMessage(map);
    }

    private static ProtoField Text(string name) => new(name, ProtoType.Text);

    private static ProtoField Texts(string name) => new(name, ProtoType.Text, IsList: true);

    private static ProtoField Number(string name) => new(name, ProtoType.Number);

    private static ProtoField Flag(string name) => new(name, ProtoType.Flag);

    private static ProtoField Map(string name) => new(name, ProtoType.TextMap);

    private static ProtoField One(string name, ProtoMessage message) => new(name, ProtoType.Message, message);

    private static ProtoField List(string name, ProtoMessage message) => new(name, ProtoType.Message, message, IsList: true);
}
