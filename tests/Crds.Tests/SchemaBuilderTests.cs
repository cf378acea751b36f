// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using System.Xml.Linq;
using KubeWgDiag.Crds.Generator;

namespace KubeWgDiag.Crds.Tests;

public sealed class SchemaBuilderTests
{
    private const string Docs = """
        <doc><members>
          <member name="T:KubeWgDiag.Crds.Tests.Sample"><summary>All of it.</summary></member>
          <member name="P:KubeWgDiag.Crds.Tests.Sample.Text"><summary>
            Two lines
            of <c>text</c>, see <see cref="P:KubeWgDiag.Crds.Tests.Sample.Number"/> and <see langword="null"/>.
          </summary></member>
          <member name="T:KubeWgDiag.Crds.Tests.SampleKind"><summary>Which.</summary></member>
          <member name="F:KubeWgDiag.Crds.Tests.SampleKind.First"><summary>The one.</summary></member>
          <member name="T:KubeWgDiag.Crds.Tests.SampleItem"><summary>An item.</summary></member>
        </members></doc>
        """;

    private static readonly SchemaBuilder Builder = new(SampleJsonContext.Default, XmlDocs.Read([XDocument.Parse(Docs)]));

    private static readonly JsonObject Schema = Builder.Build(typeof(Sample));

    [Theory]
    [InlineData("text", """{"description":"Two lines of text, see number and null.","type":"string","format":"hostname","minLength":1,"maxLength":5,"pattern":"^a\u002B$"}""")]
    [InlineData("word", """{"type":"string","enum":["x","y"]}""")]
    [InlineData("number", """{"type":"integer","format":"int32","default":3,"minimum":1,"maximum":9,"x-kubernetes-validations":[{"rule":"self != 4","message":"not four"},{"rule":"self != 5","message":"not five"}]}""")]
    [InlineData("large", """{"type":"integer","format":"int64","minimum":0}""")]
    [InlineData("share", """{"type":"number","format":"double"}""")]
    [InlineData("flag", """{"type":"boolean"}""")]
    [InlineData("time", """{"type":"string","format":"date-time"}""")]
    [InlineData("kind", """{"description":"Which.\nFirst: The one.\nSecond","type":"string","enum":["First","Second"]}""")]
    [InlineData("open", """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""")]
    [InlineData("nested", """{"description":"An item.","type":"object","required":["name"],"properties":{"name":{"type":"string"}}}""")]
    [InlineData("set", """{"type":"array","maxItems":4,"x-kubernetes-list-type":"set","items":{"type":"string","maxLength":7}}""")]
    [InlineData("items", """{"type":"array","maxItems":2,"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"description":"An item.","type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}""")]
    [InlineData("plain", """{"type":"array","x-kubernetes-list-type":"atomic","items":{"type":"integer","format":"int32"}}""")]
    [InlineData("map", """{"type":"object","maxProperties":3,"additionalProperties":{"type":"string","maxLength":6,"pattern":"^b*$"}}""")]
    public void Build_Field_SaysWhatTheAttributesSay(string field, string expected) =>
        Schema["properties"]![field]!.ToJsonString().ShouldBe(JsonNode.Parse(expected)!.ToJsonString());

    [Fact]
    public void Build_Object_HasDescriptionRulesAndRequired()
    {
        Schema["description"]!.GetValue<string>().ShouldBe("All of it.");
        Schema["required"]!.ToJsonString().ShouldBe("""["text","nested"]""");
        Schema["x-kubernetes-validations"]!.ToJsonString().ShouldBe(JsonNode.Parse("""[{"rule":"self.number > 0","message":"must be positive"}]""")!.ToJsonString());
    }

    [Fact]
    public void Build_IgnoredProperty_IsAbsent() => Schema["properties"]!.AsObject().ContainsKey("hidden").ShouldBeFalse();

    [Fact]
    public void Build_TypeThatContainsItself_IsRefused() =>
        Should.Throw<NotSupportedException>(() => Builder.Build(typeof(Endless))).Message.ShouldContain(nameof(Endless));

    [Fact]
    public void Build_TypeOutsideTheContext_IsRefused() => Should.Throw<NotSupportedException>(() => Builder.Build(typeof(Version)));
}
