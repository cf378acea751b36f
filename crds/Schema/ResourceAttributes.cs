// SPDX-License-Identifier: Apache-2.0

// What a CustomResourceDefinition says beside its schema. Group, version, plural and kind stand in CrdTypes.

namespace KubeWgDiag.Crds.Schema;

/// <summary>Names of a resource for people.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceNamesAttribute(string singular, string shortName) : Attribute
{
    public string Singular { get; } = singular;

    /// <summary>What one types after <c>kubectl get</c>.</summary>
    public string ShortName { get; } = shortName;

    /// <summary><c>kubectl get</c> of this word lists every kind that carries it.</summary>
    public string Category { get; init; } = "kubewgdiag";
}

/// <summary>A column of <c>kubectl get</c>, in the order of declaration.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class PrinterColumnAttribute(string name, string type, string jsonPath) : Attribute
{
    public string Name { get; } = name;

    /// <summary><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>date</c>.</summary>
    public string Type { get; } = type;

    public string JsonPath { get; } = jsonPath;

    /// <summary>0 is always shown, 1 only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }
}

/// <summary>A field that <c>--field-selector</c> knows (Kubernetes 1.32 and later).</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class SelectableFieldAttribute(string jsonPath) : Attribute
{
    public string JsonPath { get; } = jsonPath;
}
