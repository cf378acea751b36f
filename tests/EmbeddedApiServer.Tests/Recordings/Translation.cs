// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Recordings;

/// <summary>
/// What the recording calls a uid, version, generated name or continue token, and what this run calls it: learned from each pair of
/// answers, used in later requests.
/// </summary>
internal sealed partial class Translation
{
    private static readonly string[] Learned = ["uid", "resourceVersion", "continue", "name"];
    private readonly Dictionary<string, string> _known = [];

    public string Path(string recorded)
    {
        string path = Parameter().Replace(recorded, match => match.Groups["head"].Value + Word(match.Groups["value"].Value));
        return string.Join('/', path.Split('/').Select(Word));
    }

    public JsonNode? Body(JsonNode? recorded) => recorded switch
    {
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(
            pair.Key, pair.Value is JsonValue value && value.TryGetValue(out string? text) && Learned.Contains(pair.Key) ? Word(text) : Body(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Body)]),
        _ => recorded?.DeepClone(),
    };

    public void Learn(JsonNode? recorded, JsonNode? actual)
    {
        if (recorded is JsonArray list && actual is JsonArray other)
        {
            foreach ((JsonNode? left, JsonNode? right) in list.Zip(other))
                Learn(left, right);
        }

        if (recorded is not JsonObject map || actual is not JsonObject found)
            return;
        foreach ((string name, JsonNode? value) in map)
        {
            bool isText = value is JsonValue && found[name] is JsonValue;
            // A name is learned only where the server made it up.
            bool isNews = Learned.Contains(name) && (name != "name" || map.ContainsKey("generateName"));
            if (isText && isNews && value!.ToString() != found[name]!.ToString() && value.ToString().Length > 0)
                _known[value.ToString()] = found[name]!.ToString();
            else
                Learn(value, found[name]);
        }
    }

    /// <summary>What the recording would call a name of this run.</summary>
    public string Back(string actual) => _known.FirstOrDefault(pair => pair.Value == actual).Key ?? actual;

    private string Word(string recorded) => _known.GetValueOrDefault(recorded, recorded);

    [GeneratedRegex(@"(?<head>[?&](?:continue|resourceVersion)=)(?<value>[^&]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
