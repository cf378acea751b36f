// SPDX-License-Identifier: Apache-2.0

using System.Text.Json.Nodes;
using KubeWgDiag.EmbeddedApiServer.Apply;
using KubeWgDiag.EmbeddedApiServer.Patching;

namespace KubeWgDiag.EmbeddedApiServer.Tests.Units;

public sealed class PatchTests
{
    private const string Pod = """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}],"tolerations":[{"key":"x"}],"nodeSelector":{"k":"v"}}}""";

    [Theory]
    [InlineData("""{"spec":{"containers":[{"name":"b","image":"2"}]}}""", """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}],"tolerations":[{"key":"x"}],"nodeSelector":{"k":"v"}}}""")]
    [InlineData("""{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""", """{"spec":{"containers":[{"name":"b","image":"1"}],"tolerations":[{"key":"x"}],"nodeSelector":{"k":"v"}}}""")]
    [InlineData("""{"spec":{"tolerations":[{"key":"y"}],"nodeSelector":null}}""", """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}],"tolerations":[{"key":"y"}]}}""")]
    public void StrategicMerge_Containers_MergeByName(string patch, string expected) =>
        StrategicMergePatch.Apply(JsonNode.Parse(Pod), JsonNode.Parse(patch), BuiltInShape.Root)!.ToJsonString().ShouldBe(expected);

    [Theory]
    [InlineData("""[{"op":"add","path":"/a/-","value":4}]""", """{"a":[1,2,3,4],"b":{"c~/d":1}}""")]
    [InlineData("""[{"op":"remove","path":"/a/0"},{"op":"replace","path":"/b/c~0~1d","value":null}]""", """{"a":[2,3],"b":{"c~/d":null}}""")]
    [InlineData("""[{"op":"move","from":"/a","path":"/x"}]""", """{"b":{"c~/d":1},"x":[1,2,3]}""")]
    [InlineData("""[{"op":"copy","from":"/a/0","path":"/b/n"},{"op":"test","path":"/b/n","value":1}]""", """{"a":[1,2,3],"b":{"c~/d":1,"n":1}}""")]
    [InlineData("""[{"op":"test","path":"/a/0","value":2}]""", null)]
    [InlineData("""[{"op":"remove","path":"/missing"}]""", null)]
    [InlineData("""[{"op":"add","path":"/a/9","value":1}]""", null)]
    [InlineData("""[{"op":"nonsense","path":"/a"}]""", null)]
    public void JsonPatch_Operations_FollowTheStandard(string patch, string? expected) =>
        JsonPatch.Apply((JsonObject)JsonNode.Parse("""{"a":[1,2,3],"b":{"c~/d":1}}""")!, (JsonArray)JsonNode.Parse(patch)!)?.ToJsonString().ShouldBe(expected);
}
