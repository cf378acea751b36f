// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;

namespace KubeWgDiag.Crds.Generator;

/// <summary>The generated files: writes them, or says where a folder differs.</summary>
public static class CrdFiles
{
    private const string Header = "# Generated from the C# records by `make crds`: change the records, not this file.\n";

    /// <summary>File name and content of every CustomResourceDefinition.</summary>
    public static IReadOnlyList<(string Name, string Content)> Render() =>
        [.. Definitions().Select(crd => ($"{Text(crd, "group")}_{Plural(crd)}.yaml", Header + YamlWriter.Write(crd)))];

    /// <summary>Every CustomResourceDefinition as JSON.</summary>
    public static IReadOnlyList<JsonObject> Definitions()
    {
        var docs = XmlDocs.Beside(typeof(CrdTypes).Assembly, typeof(Kube.ObjectModel.Condition).Assembly);
        var crds = new CrdBuilder(new SchemaBuilder(CrdsJsonContext.Default, docs));
        return [crds.Build(CrdTypes.TunnelDiagnosis), crds.Build(CrdTypes.NodeProbe)];
    }

    /// <summary>Writes the files into each folder; returns the exit code.</summary>
    public static int Write(IReadOnlyList<string> folders, TextWriter output)
    {
        foreach (string folder in folders)
        {
            Directory.CreateDirectory(folder);
            foreach (var (name, content) in Render())
            {
                string path = Path.Combine(folder, name);
                File.WriteAllText(path, content);
                output.WriteLine($"wrote {path}");
            }
        }

        return 0;
    }

    /// <summary>Compares each folder with what would be written; returns 1 when something differs.</summary>
    public static int Check(IReadOnlyList<string> folders, TextWriter output)
    {
        var differences = folders.SelectMany(Differences).ToList();
        foreach (string difference in differences)
            output.WriteLine(difference);
        return differences.Count == 0 ? 0 : 1;
    }

    /// <summary>One text per file of <paramref name="folder"/> that is missing, different, or not from here.</summary>
    public static IEnumerable<string> Differences(string folder)
    {
        var files = Render();
        foreach (var (name, content) in files)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path))
                yield return $"{path} is missing; run `make crds`";
            else if (LineDiff.Describe(File.ReadAllText(path), content) is { } diff)
                yield return $"{path} differs from the records; run `make crds`\n{diff}";
        }

        foreach (string stray in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.yaml") : [])
        {
            if (!files.Any(f => f.Name == Path.GetFileName(stray)))
                yield return $"{stray} is made by no record; delete it";
        }
    }

    private static string Text(JsonObject crd, string field) => crd["spec"]![field]!.GetValue<string>();

    private static string Plural(JsonObject crd) => crd["spec"]!["names"]!["plural"]!.GetValue<string>();
}
