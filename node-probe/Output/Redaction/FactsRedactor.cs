// SPDX-License-Identifier: Apache-2.0

using System.Text.Encodings.Web;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Output.Redaction;

/// <summary>
/// Replaces what identifies somebody in facts by pseudonyms: public keys, addresses, MACs, names of nodes, pods and containers, names of
/// bound namespaces, comments. It works on the finished JSON, so that a new fact is redacted before anybody thought of it.
/// Device names, ports, process names, counters and times stay.
/// </summary>
internal sealed class FactsRedactor
{
    private const int MinNameToSearch = 4;

    private readonly Pseudonyms _pseudonyms;
    private readonly TextRedactor _text;
    private readonly HexRedactor _hex;

    /// <param name="salt">What the pseudonyms depend on; whoever has it can try guesses.</param>
    public FactsRedactor(byte[] salt)
    {
        _pseudonyms = new Pseudonyms(salt);
        (_text, _hex) = (new TextRedactor(_pseudonyms), new HexRedactor(_pseudonyms));
    }

    /// <summary>The facts as indented JSON with pseudonyms.</summary>
    public string Redact(NodeFacts facts) => Redact(JsonSerializer.SerializeToUtf8Bytes(facts, FactsJsonContext.Default.NodeFacts), [facts.Node]);

    /// <summary>Redacts JSON of facts.</summary>
    /// <param name="json">One node or an array of them.</param>
    /// <param name="nodes">Names that are replaced wherever they stand as a word.</param>
    public string Redact(ReadOnlySpan<byte> json, IEnumerable<string> nodes)
    {
        // A short or structural word would be found where it does not mean the node.
        foreach (var node in nodes.Where(name => name.Length >= MinNameToSearch && name is not ("host" or "localhost" or "node" or "kernel")))
            _text.Learn(node, NodeName(node));
        using var stream = new MemoryStream(json.Length);
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Copy(json, writer);
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private string NodeName(string node) => _pseudonyms.Word("node", node);

    private void Copy(ReadOnlySpan<byte> json, Utf8JsonWriter writer)
    {
        var property = "";
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject: writer.WriteStartObject(); break;
                case JsonTokenType.EndObject: writer.WriteEndObject(); break;
                case JsonTokenType.StartArray: writer.WriteStartArray(); break;
                case JsonTokenType.EndArray: writer.WriteEndArray(); break;
                case JsonTokenType.PropertyName:
                    property = reader.GetString()!;
                    writer.WritePropertyName(_text.Redact(property));
                    break;
                case JsonTokenType.String: writer.WriteStringValue(Value(property, reader.GetString()!)); break;
                default: writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
            }
        }
    }

    private string Value(string property, string text) => property switch
    {
        "version" or "at" => text,
        "node" => NodeName(text),
        // An address is found by its form, a host name is not.
        "endpoint" when text.Any(char.IsAsciiLetter) && _text.Redact(text) == text => _pseudonyms.Word("host", text),
        "comment" => text.Length == 0 ? text : _pseudonyms.Word("comment", text),
        _ when HexRedactor.IsHex(text) => property is "podUid" or "containerId" ? _pseudonyms.Hex(text) : _hex.Redact(text),
        "name" or "path" when text.StartsWith('/') => _text.Redact(BoundName(text)),
        _ => _text.Redact(text),
    };

    /// <summary>The name of a bound namespace is its owner's; the folder and what the CNI makes of it (<c>cni-UUID</c>) is not.</summary>
    private string BoundName(string path)
    {
        const string Mark = "netns/";
        var at = path.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return path;
        var name = path[(at + Mark.Length)..];
        return path[..(at + Mark.Length)] + _pseudonyms.Word("netns", name);
    }
}
