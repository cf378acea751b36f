// SPDX-License-Identifier: Apache-2.0

using System.ComponentModel;
using KubeWgDiag.Crds.Schema;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Crds.Generator;

/// <summary>
/// Attributes of types that cannot carry them, because <c>kube/</c> knows nothing of schemas. The limits of a condition
/// are those of <c>meta/v1 Condition</c> (apimachinery, pkg/apis/meta/v1/types.go).
/// </summary>
public static class ExternalFields
{
    private static readonly Dictionary<(Type Type, string Field), IReadOnlyList<Attribute>> Known = new()
    {
        [(typeof(Condition), "type")] =
        [
            new MaxLengthAttribute(316),
            new PatternAttribute("^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$"),
        ],
        [(typeof(Condition), "status")] = [new AllowedValuesAttribute("True", "False", "Unknown")],
        [(typeof(Condition), "observedGeneration")] =
        [
            new BoundsAttribute(0, long.MaxValue),
            new DescriptionAttribute("The metadata.generation that this condition speaks of."),
        ],
        [(typeof(Condition), "lastTransitionTime")] = [],
        [(typeof(Condition), "reason")] =
        [
            new MinLengthAttribute(1),
            new MaxLengthAttribute(1024),
            new PatternAttribute("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$"),
        ],
        [(typeof(Condition), "message")] = [new MaxLengthAttribute(32768)],
    };

    /// <summary>Types that have entries here.</summary>
    public static IEnumerable<Type> Types => Known.Keys.Select(k => k.Type).Distinct();

    /// <summary>Attributes of a field by its name in JSON; none for types that carry their own.</summary>
    public static IReadOnlyList<Attribute> Of(Type type, string field) => Known.GetValueOrDefault((type, field)) ?? [];

    /// <summary>Names in JSON of the fields of <paramref name="type"/> that stand here.</summary>
    public static IEnumerable<string> FieldsOf(Type type) => Known.Keys.Where(k => k.Type == type).Select(k => k.Field);
}
