// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>What is null is left out when facts are written; so nothing that may be null may be required when they are read.</summary>
public sealed class FactsJsonTests
{
    [Fact]
    public void EveryNullableMember_MayBeAbsent()
    {
        var wrong = new List<string>();
        var seen = new HashSet<Type>();
        var waiting = new Queue<Type>([typeof(NodeFacts)]);
        while (waiting.TryDequeue(out var type))
        {
            if (!seen.Add(type) || FactsJsonContext.Default.GetTypeInfo(type) is not { } info) continue;
            wrong.AddRange(info.Properties.Where(property => property.IsRequired && property.IsGetNullable && CanBeNull(property.PropertyType)).Select(property => $"{type.Name}.{property.Name}"));
            foreach (var next in info.Properties.Select(property => property.PropertyType).Concat(info.PolymorphismOptions?.DerivedTypes.Select(derived => derived.DerivedType) ?? []))
                waiting.Enqueue(next);
            if (info.ElementType is { } element) waiting.Enqueue(element);
            if (Nullable.GetUnderlyingType(type) is { } value) waiting.Enqueue(value);
        }

        seen.ShouldContain(typeof(XtTcpMssTarget), "the walk has to come to the rules");
        wrong.ShouldBeEmpty();
    }

    private static bool CanBeNull(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
}
