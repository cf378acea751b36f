// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.Crds.Generator;

namespace KubeWgDiag.Crds.Tests;

public sealed class YamlWriterTests
{
    [Theory]
    [InlineData("word")]
    [InlineData("")]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("null")]
    [InlineData("1.5")]
    [InlineData(".5")]
    [InlineData(".inf")]
    [InlineData("0x1F")]
    [InlineData("12:30:45")]
    [InlineData("2026-01-02")]
    [InlineData("- item")]
    [InlineData("key: value")]
    [InlineData("text # no comment")]
    [InlineData("it's \"both\" \\ of them")]
    [InlineData("duration('30s')")]
    [InlineData("^(a|b)?{1,3}$")]
    [InlineData(" blanks around ")]
    [InlineData("two\nlines")]
    [InlineData("tab\tand\u0001control")]
    [InlineData("*anchor")]
    [InlineData("{brace")]
    public void Write_AnyText_IsReadBackTheSame(string text) => RoundTrip(new JsonObject { ["a"] = text, ["b"] = new JsonArray(text) });

    [Property(MaxTest = 2000)]
    public void Write_RandomText_IsReadBackTheSame(NonNull<string> text)
    {
        // YAML has no lone surrogates and no way to write them; JSON's writer replaces them.
        if (!text.Get.Any(char.IsSurrogate))
            RoundTrip(new JsonObject { ["key"] = text.Get });
    }

    [Property]
    public void Write_LongWords_IsReadBackTheSame(NonEmptyArray<PositiveInt> lengths) =>
        RoundTrip(new JsonObject { ["key"] = string.Join(' ', lengths.Get.Select(l => new string('w', l.Get))) });

    [Fact]
    public void Write_Tree_StandsInBlockStyle()
    {
        var tree = new JsonObject
        {
            ["list"] = new JsonArray(new JsonObject { ["name"] = "a", ["keys"] = new JsonArray("k") }, new JsonArray(1, 2)),
            ["empty"] = new JsonObject(),
            ["none"] = new JsonArray(),
            ["number"] = 5,
            ["flag"] = true,
        };
        YamlWriter.Write(tree).ShouldBe("list:\n- name: a\n  keys:\n  - k\n- - 1\n  - 2\nempty: {}\nnone: []\nnumber: 5\nflag: true\n");
        RoundTrip(tree);
    }

    private static void RoundTrip(JsonNode tree) =>
        JsonNode.DeepEquals(YamlToJson.Parse(YamlWriter.Write(tree)), tree).ShouldBeTrue(YamlWriter.Write(tree));
}
