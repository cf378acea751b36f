// SPDX-License-Identifier: Apache-2.0

using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace KubeWgDiag.Crds.Generator;

/// <summary>Summaries from the compiler's documentation files, as plain text on one line.</summary>
public sealed class XmlDocs
{
    private readonly Dictionary<string, string> _summaries;

    private XmlDocs(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads the documentation files that lie beside the given assemblies.</summary>
    /// <exception cref="FileNotFoundException">One of them was built without a documentation file.</exception>
    public static XmlDocs Beside(params IReadOnlyList<Assembly> assemblies) =>
        Read(assemblies.Select(a => XDocument.Load(Path.ChangeExtension(a.Location, ".xml"))));

    /// <summary>Takes the summaries out of documentation files.</summary>
    public static XmlDocs Read(IEnumerable<XDocument> files)
    {
        var summaries = new Dictionary<string, string>();
        foreach (var member in files.SelectMany(f => f.Descendants("member")))
        {
            if (member.Attribute("name") is not { } name)
                continue;
            if (member.Element("summary") is { } summary)
                summaries[name.Value] = Flatten(summary);
            foreach (var parameter in member.Elements("param").Where(_ => name.Value.StartsWith("T:", StringComparison.Ordinal)))
                summaries[$"{name.Value}({parameter.Attribute("name")?.Value})"] = Flatten(parameter);
        }

        return new XmlDocs(summaries);
    }

    /// <summary>Summary of a type; null when it has none.</summary>
    public string? Of(Type type) => _summaries.GetValueOrDefault("T:" + Name(type));

    /// <summary>Summary of a property, found by the name in C#.</summary>
    public string? Property(Type type, string name) => _summaries.GetValueOrDefault($"P:{Name(type)}.{name}");

    /// <summary>Description of a positional record's property, found by the name in C#.</summary>
    public string? Parameter(Type type, string name) => _summaries.GetValueOrDefault($"T:{Name(type)}({name})");

    /// <summary>Summary of an enum's value.</summary>
    public string? Value(Type type, string name) => _summaries.GetValueOrDefault($"F:{Name(type)}.{name}");

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string Flatten(XElement summary)
    {
        var text = new StringBuilder();
        foreach (var node in summary.DescendantNodes())
        {
            if (node is XText part)
                text.Append(part.Value);
            else if (node is XElement { IsEmpty: true } reference)
                text.Append(Reference(reference));
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    // <see cref="P:Ns.Type.Property"/> becomes the field's name, <see langword="null"/> the word.
    private static string Reference(XElement element)
    {
        string target = (element.Attribute("cref") ?? element.Attribute("langword") ?? element.Attribute("name"))?.Value ?? "";
        string last = target[(target.LastIndexOf('.') + 1)..];
        return target.StartsWith("P:", StringComparison.Ordinal) && last.Length > 0
            ? char.ToLowerInvariant(last[0]) + last[1..]
            : last;
    }
}
