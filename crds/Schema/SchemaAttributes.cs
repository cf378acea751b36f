// SPDX-License-Identifier: Apache-2.0

// What C# types cannot say about a field, for the schema generator. Descriptions come from the XML documentation,
// "required" from the C# keyword, enum values from the enum.

using System.Diagnostics.CodeAnalysis;

namespace KubeWgDiag.Crds.Schema;

/// <summary>Least and greatest value of a number; <see cref="long.MaxValue"/> means no upper bound but the type's.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BoundsAttribute(long minimum, long maximum) : Attribute
{
    public long Minimum { get; } = minimum;

    public long Maximum { get; } = maximum;
}

/// <summary>Required by the API server although the record can do without: an object for status apply leaves the spec out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredInSchemaAttribute : Attribute;

/// <summary>Least length of a string, or of each string of a list.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MinLengthAttribute(int characters) : Attribute
{
    public int Characters { get; } = characters;
}

/// <summary>Greatest length of a string, or of each string of a list or map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxLengthAttribute(int characters) : Attribute
{
    public int Characters { get; } = characters;
}

/// <summary>Greatest number of items of a list or entries of a map.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MaxItemsAttribute(int items) : Attribute
{
    public int Items { get; } = items;
}

/// <summary>
/// Pattern of a string, or of each string of a list or map. The API server reads it with Go's RE2: no look-around, no
/// back references; it has to be anchored to speak of the whole string.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) : Attribute
{
    public string Pattern { get; } = pattern;
}

/// <summary>Default that the API server fills in, as JSON text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultJsonAttribute([StringSyntax(StringSyntaxAttribute.Json)] string json) : Attribute
{
    public string Json { get; } = json;
}

/// <summary>A CEL rule (<c>x-kubernetes-validations</c>) on the object of this type, or on one field.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property, AllowMultiple = true)]
public sealed class CelRuleAttribute(string rule, string message) : Attribute
{
    public string Rule { get; } = rule;

    public string Message { get; } = message;
}

/// <summary><c>x-kubernetes-list-type: map</c> with these keys.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary><c>x-kubernetes-list-type: set</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary><c>x-kubernetes-preserve-unknown-fields</c>: content with its own version, checked by whoever reads it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PreserveUnknownFieldsAttribute : Attribute;

/// <summary>The values that a string may have, where it is no C# enum.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AllowedValuesAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>OpenAPI format of a string, e.g. <c>date-time</c> (set by itself for times).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormatAttribute(string format) : Attribute
{
    public string Format { get; } = format;
}
