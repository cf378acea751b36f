// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Crds.Tests;

/// <summary>The committed CustomResourceDefinitions, as JSON that went through their YAML.</summary>
internal static class Definitions
{
    public static IEnumerable<JsonObject> All() =>
        Directory.EnumerateFiles(Repository.Path("crds"), "*.yaml").Order().Select(f => YamlToJson.Parse(File.ReadAllText(f))!.AsObject());

    public static JsonObject Version(JsonObject crd) => crd["spec"]!["versions"]![0]!.AsObject();

    public static JsonObject Schema(JsonObject crd) => Version(crd)["schema"]!["openAPIV3Schema"]!.AsObject();

    public static JsonObject SchemaOf(string kind) => Schema(All().Single(c => c["spec"]!["names"]!["kind"]!.GetValue<string>() == kind));

    /// <summary>Every place of every schema, without the fields that every object has.</summary>
    public static IEnumerable<SchemaPlace> Places() => All().SelectMany(crd =>
        SchemaPlace.All(Schema(crd)).Where(p => p.Path is not (".apiVersion" or ".kind" or ".metadata"))
            .Select(p => p with { Path = crd["spec"]!["names"]!["kind"]!.GetValue<string>() + p.Path }));
}
