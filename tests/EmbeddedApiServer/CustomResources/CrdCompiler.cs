// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.CustomResources;

/// <summary>Makes the served kinds out of an accepted CustomResourceDefinition.</summary>
internal static class CrdCompiler
{
    private static readonly string[] Verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

    public static string StorageOf(JsonObject crd) => $"{crd.Text("spec", "names", "plural")}.{crd.Text("spec", "group")}";

    public static IEnumerable<ApiResource> Compile(JsonObject crd) =>
        crd.Items("spec", "versions").Where(version => version.Flag("served")).Select(version => Compile(crd, version));

    private static ApiResource Compile(JsonObject crd, JsonNode? version)
    {
        JsonNode? names = crd.At("spec", "names");
        StructuralSchema schema = new SchemaReader().Read(version.Map("schema", "openAPIV3Schema") ?? [], "");
        bool hasStatus = version.Map("subresources", "status") is not null;
        return new ApiResource
        {
            Group = crd.Text("spec", "group")!,
            ErrorGroup = crd.Text("spec", "group")!,
            Version = version.Text("name")!,
            Plural = names.Text("plural")!,
            Singular = names.Text("singular") ?? "",
            Kind = names.Text("kind")!,
            ListKind = names.Text("listKind") ?? names.Text("kind") + "List",
            Namespaced = crd.Text("spec", "scope") == "Namespaced",
            ShortNames = [.. names.Strings("shortNames")],
            Categories = [.. names.Strings("categories")],
            Verbs = Verbs,
            Subresources = hasStatus ? ["status"] : [],
            HasStatus = hasStatus,
            HasGeneration = true,
            IsCustom = true,
            Storage = StorageOf(crd),
            Rules = new CustomResourceRules(schema),
            PublishedSchema = version.Map("schema", "openAPIV3Schema")?.Copy(),
            Shape = new SchemaShape(schema, isRoot: true),
            Columns = Columns(version),
            SelectableFields = [.. version.Items("selectableFields").Select(field => field.Text("jsonPath")?.TrimStart('.')).OfType<string>()],
        };
    }

    private static IReadOnlyList<PrinterColumn> Columns(JsonNode? version)
    {
        PrinterColumn[] own = [.. version.Items("additionalPrinterColumns")
            .Select(column => JsonPath.Parse(column.Text("jsonPath") ?? "") is { } path ? PrinterColumn.FromPath(column, path) : null).OfType<PrinterColumn>()];
        return [PrinterColumn.NameColumn, .. own.Length > 0 ? own : [PrinterColumn.Age]];
    }
}
