// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Operator.Reporting;

namespace KubeWgDiag.Operator.Intake;

/// <summary>Checks on JSON from a node that hold for every field, before it is given a form.</summary>
internal static class JsonScreening
{
    /// <summary>Nothing that a kernel says in one string is longer.</summary>
    private const int MaxStringLength = 4096;

    /// <summary>Facts are at most 32 levels deep.</summary>
    private const int MaxDepth = 32;

    /// <summary>What is wrong; null when nothing is. Says where, never quotes what.</summary>
    /// <exception cref="InvalidOperationException">A string is not valid UTF-8, or escapes half a surrogate pair.</exception>
    public static string? FaultOf(JsonElement element) => FaultOf(element, "facts", 0);

    private static string? FaultOf(JsonElement element, string where, int depth)
    {
        if (depth > MaxDepth)
            return $"{where} is nested too deeply";
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (StringFault(property.Name) is { } nameFault)
                        return $"a field name in {where} {nameFault}";
                    if (FaultOf(property.Value, Path(where, property.Name), depth + 1) is { } fault)
                        return fault;
                }

                return null;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    // A null among the items has no meaning in any list of facts, and rules need not expect one.
                    if (item.ValueKind == JsonValueKind.Null)
                        return $"{where} holds a null";
                    if (FaultOf(item, where, depth + 1) is { } fault)
                        return fault;
                }

                return null;
            case JsonValueKind.String:
                return StringFault(element.GetString()!) is { } stringFault ? $"{where} {stringFault}" : null;
            default:
                return null;
        }
    }

    private static string? StringFault(string text)
    {
        if (text.Length > MaxStringLength)
            return $"is longer than {MaxStringLength} characters";
        return PlainText.IsPlain(text) ? null : "has control characters";
    }

    private static string Path(string where, string name) => where.Length > 100 ? where : $"{where}.{name[..Math.Min(name.Length, 40)]}";
}
