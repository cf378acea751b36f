// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Mesh;

/// <summary>Reads facts that came as JSON from a node: any list, element or text may be null whatever the types promise.</summary>
internal static class Safe
{
    public static IReadOnlyList<T> List<T>(IReadOnlyList<T>? list)
        where T : class =>
        list is null ? [] : list.Any(item => item is null) ? [.. list.Where(item => item is not null)] : list;

    public static IReadOnlyList<T> List<T>(Fact<IReadOnlyList<T>>? fact)
        where T : class => List(fact?.Value);

    /// <summary>True when something was read, be it an empty list.</summary>
    public static bool WasRead<T>(Fact<T>? fact)
        where T : class => fact?.Value is not null;
}
