// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>Builds request paths. Names come from resources and are hostile until checked.</summary>
internal static class ApiPath
{
    /// <summary>Longest name of any object (RFC 1123 subdomain).</summary>
    private const int MaxNameLength = 253;

    /// <summary>Path of a collection; without a namespace that of all namespaces.</summary>
    public static KubeResult<string> Collection<T>(ResourceType<T> type, string? @namespace)
        where T : class, IKubernetesObject
    {
        string root = type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.Group}/{type.Version}";
        if (!type.Namespaced || @namespace is null) return KubeResult<string>.Ok($"{root}/{type.Plural}");
        return IsSegment(@namespace)
            ? KubeResult<string>.Ok($"{root}/namespaces/{Uri.EscapeDataString(@namespace)}/{type.Plural}")
            : new KubeError(KubeErrorKind.Invalid, "The namespace cannot stand in a path.");
    }

    /// <summary>
    /// Path of one object. An empty name would address the whole collection, and dots would be folded away by the URL
    /// parser, so both are refused here.
    /// </summary>
    public static KubeResult<string> Item<T>(ResourceType<T> type, string? @namespace, string? name)
        where T : class, IKubernetesObject
    {
        if (type.Namespaced && @namespace is null) return new KubeError(KubeErrorKind.Invalid, $"A {type.Kind} needs a namespace.");
        if (!IsSegment(name)) return new KubeError(KubeErrorKind.Invalid, $"The name of the {type.Kind} cannot stand in a path.");
        KubeResult<string> collection = Collection(type, @namespace);
        return collection.IsSuccess ? KubeResult<string>.Ok($"{collection.Value}/{Uri.EscapeDataString(name!)}") : collection;
    }

    /// <summary>Appends the parameters that have a value.</summary>
    public static string WithQuery(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder(path);
        char separator = '?';
        foreach ((string name, string? value) in parameters)
        {
            if (value is null) continue;
            text.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return text.ToString();
    }

    public static string? Number(int value) => value > 0 ? value.ToString(CultureInfo.InvariantCulture) : null;

    private static bool IsSegment(string? text) =>
        text is { Length: > 0 and <= MaxNameLength } and not "." and not ".." && !text.AsSpan().ContainsAny('/', '%', '\\');
}
