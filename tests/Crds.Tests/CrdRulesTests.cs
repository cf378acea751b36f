// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeWgDiag.Crds.Tests;

/// <summary>What a real API server asks of a definition, and what this project asks of itself.</summary>
public sealed class CrdRulesTests
{
    [Fact]
    public void EveryPlace_HasAType() => Offenders(p => p.Type is null).ShouldBeEmpty();

    [Fact]
    public void EveryProperty_HasADescription() =>
        Offenders(p => p.IsProperty && string.IsNullOrWhiteSpace(p.Schema["description"]?.GetValue<string>())).ShouldBeEmpty();

    [Fact]
    public void EveryString_IsBounded() =>
        Offenders(p => p.Type == "string" && !Has(p, "maxLength") && !Has(p, "enum") && p.Schema["format"]?.GetValue<string>() != "date-time")
            .ShouldBeEmpty();

    [Fact]
    public void EveryList_IsBoundedAndSaysHowItMerges() =>
        Offenders(p => p.Type == "array" && (!Has(p, "maxItems") || !Has(p, "x-kubernetes-list-type"))).ShouldBeEmpty();

    [Fact]
    public void EveryMap_IsBounded() => Offenders(p => Has(p, "additionalProperties") && !Has(p, "maxProperties")).ShouldBeEmpty();

    [Fact]
    public void EveryNumber_HasALowerBound() => Offenders(p => p.Type is "integer" or "number" && !Has(p, "minimum")).ShouldBeEmpty();

    // A structural schema has either named fields or a map, never both.
    [Fact]
    public void EveryObject_HasNamedFieldsOrAMapOrIsOpen() =>
        Offenders(p => p.Type == "object" && new[] { "properties", "additionalProperties", "x-kubernetes-preserve-unknown-fields" }.Count(k => Has(p, k)) != 1)
            .ShouldBeEmpty();

    [Fact]
    public void EveryRequiredField_IsDeclared() =>
        Offenders(p => Words(p, "required").Any(f => p.Schema["properties"]?[f] is null)).ShouldBeEmpty();

    [Fact]
    public void EveryListMapKey_IsARequiredScalar() =>
        Offenders(p => Words(p, "x-kubernetes-list-map-keys").Any(key =>
            p.Schema["items"]!["properties"]?[key]?["type"]?.GetValue<string>() is null or "object" or "array"
            || !p.Schema["items"]!["required"]!.AsArray().Any(r => r!.GetValue<string>() == key))).ShouldBeEmpty();

    [Fact]
    public void EverySet_HoldsScalars() =>
        Offenders(p => p.Schema["x-kubernetes-list-type"]?.GetValue<string>() == "set"
            && p.Schema["items"]!["type"]!.GetValue<string>() is "object" or "array").ShouldBeEmpty();

    [Fact]
    public void EveryDefault_IsValid() =>
        Offenders(p => p.Schema["default"] is { } value && SchemaValidator.Errors(p.Schema, value).Count > 0).ShouldBeEmpty();

    // A default inside a list item of a map-typed list may not be a key; simpler: status has none, it is written, not asked for.
    [Fact]
    public void Status_HasNoDefault() => Offenders(p => p.Path.Contains(".status", StringComparison.Ordinal) && Has(p, "default")).ShouldBeEmpty();

    // Go's RE2 knows neither look-around nor back references (NonBacktracking refuses them too), no atomic groups, no .NET names;
    // repetition goes to 1000.
    [Fact]
    public void EveryPattern_IsAnchoredAndRe2()
    {
        var patterns = Definitions.Places().Where(p => Has(p, "pattern")).Select(p => p.Schema["pattern"]!.GetValue<string>()).Distinct().ToList();
        patterns.ShouldNotBeEmpty();
        foreach (string pattern in patterns)
        {
            pattern.ShouldStartWith("^");
            pattern.ShouldEndWith("$");
            Should.NotThrow(() => new Regex(pattern, RegexOptions.NonBacktracking), pattern);
            pattern.ShouldNotContain("(?");
            pattern.ShouldNotMatch(@"\{\d{4,}|,\d{4,}\}", pattern);
        }
    }

    [Fact]
    public void EveryCelRule_SpeaksOfDeclaredFields() =>
        Offenders(p => Rules(p).Any(rule => Regex.Matches(rule["rule"]!.GetValue<string>(), @"\bself\.(?<field>[A-Za-z]+)", RegexOptions.NonBacktracking)
            .Any(m => p.Schema["properties"]?[m.Groups["field"].Value] is null))).ShouldBeEmpty();

    [Fact]
    public void EveryCelRule_HasAMessage() =>
        Offenders(p => Rules(p).Any(r => string.IsNullOrEmpty(r["message"]?.GetValue<string>()))).ShouldBeEmpty();

    // A rule on oldSelf is only evaluated when the field was and stays: what holds it must be required up to the root.
    [Fact]
    public void EveryTransitionRule_CannotBeGoneAround()
    {
        foreach (var crd in Definitions.All())
        {
            var schema = Definitions.Schema(crd);
            foreach (var place in SchemaPlace.All(schema).Where(p => Rules(p).Any(r => r["rule"]!.GetValue<string>().Contains("oldSelf", StringComparison.Ordinal))))
            {
                var holder = schema;
                foreach (string field in place.Path.Split('.', StringSplitOptions.RemoveEmptyEntries))
                {
                    holder["required"]!.AsArray().Select(r => r!.GetValue<string>()).ShouldContain(field, place.Path);
                    holder = holder["properties"]![field]!.AsObject();
                }
            }
        }
    }

    [Fact]
    public void EveryColumnAndSelectableField_PointsIntoTheSchema()
    {
        foreach (var crd in Definitions.All())
        {
            var version = Definitions.Version(crd);
            var paths = version["additionalPrinterColumns"]!.AsArray().Concat(version["selectableFields"]?.AsArray() ?? [])
                .Select(c => c!["jsonPath"]!.GetValue<string>()).Where(p => p != ".metadata.creationTimestamp");
            var known = SchemaPlace.All(Definitions.Schema(crd)).ToDictionary(p => p.Path, p => p.Type);
            foreach (string path in paths)
                known.ShouldContainKey(Regex.Replace(path, @"\[[^\]]*\]", "[]", RegexOptions.NonBacktracking));
        }
    }

    private static IEnumerable<string> Offenders(Func<SchemaPlace, bool> predicate) => Definitions.Places().Where(predicate).Select(p => p.Path);

    private static bool Has(SchemaPlace place, string keyword) => place.Schema.ContainsKey(keyword);

    private static IEnumerable<string> Words(SchemaPlace place, string keyword) =>
        place.Schema[keyword]?.AsArray().Select(w => w!.GetValue<string>()) ?? [];

    private static IEnumerable<JsonObject> Rules(SchemaPlace place) =>
        place.Schema["x-kubernetes-validations"]?.AsArray().Select(r => r!.AsObject()) ?? [];
}
