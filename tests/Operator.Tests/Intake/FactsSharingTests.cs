// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Reading;
using KubeWgDiag.Operator.Intake.Sharing;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.Operator.Tests.Intake;

public sealed class FactsSharingTests
{
    private static readonly JsonTypeInfo<NodeFacts> Shared = CheckedFactsJson.NodeFactsWith(FactsSharing.Modify);

    [Theory]
    [InlineData("node-1")]
    [InlineData("node-2")]
    [InlineData("node-3")]
    public void Read_Recorded_LeavesNothingOut(string node)
    {
        var json = Recorded(node);
        var plain = JsonSerializer.Deserialize(json, CheckedFactsJson.NodeFacts);
        var shared = JsonSerializer.Deserialize(json, Shared);
        ToJson(shared).ShouldBe(ToJson(plain));
    }

    [Fact]
    public void Read_TwoNodes_SharesWhatIsEqual()
    {
        var one = JsonSerializer.Deserialize(Recorded("node-1"), Shared)!.Namespaces[0];
        var other = JsonSerializer.Deserialize(Recorded("node-2"), Shared)!.Namespaces[0];
        one.Name.ShouldBeSameAs(other.Name);
        one.Rules.Value![0].ShouldBeSameAs(other.Rules.Value![0]);
        one.Sysctls.Value!.Keys.ShouldBeSameAs(other.Sysctls.Value!.Keys);
        one.ProtocolCounters.Value!.Keys.First().ShouldBeSameAs(other.ProtocolCounters.Value!.Keys.First());
        one.Addresses.Value.ShouldNotBeSameAs(other.Addresses.Value);
    }

    [Fact]
    public void Map_FindsWhatIsThereOnly()
    {
        var map = JsonSerializer.Deserialize(Recorded("node-1"), Shared)!.Namespaces[0].Sysctls.Value!;
        map.Count.ShouldBe(map.Keys.Count());
        map.ContainsKey("net.ipv4.ip_forward").ShouldBeTrue();
        map["net.ipv4.ip_forward"].ShouldBe(map.Single(entry => entry.Key == "net.ipv4.ip_forward").Value);
        map.TryGetValue("net.ipv4.no_such", out _).ShouldBeFalse();
        Should.Throw<KeyNotFoundException>(() => map["net.ipv4.no_such"]);
    }

    [Theory]
    [InlineData("\"net.ipv4.ip_forward\":1,\"net.ipv4.ip_forward\":0")]
    [InlineData("\"net.ipv4.ip_forward\":null")]
    [InlineData("\"net.ipv4.ip_forward\":\"1\"")]
    [InlineData("\"net.ipv4.ip_forward\":[1]")]
    public void Read_MapThatIsNone_IsRefused(string entries)
    {
        var text = System.Text.Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(TestData.Facts("a"), FactsJsonContext.Default.NodeFacts));
        var at = text.IndexOf("\"sysctls\"", StringComparison.Ordinal);
        var value = text.IndexOf("\"value\":{}", at, StringComparison.Ordinal);
        var hostile = string.Concat(text.AsSpan(0, value), $"\"value\":{{{entries}}}", text.AsSpan(value + "\"value\":{}".Length));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize(hostile, Shared));
    }

    [Fact]
    public void StringPool_MoreThanItHolds_StaysRight()
    {
        var pool = new StringPool();
        for (var i = 0; i < 50_000; i++)
            pool.Share($"name {i}").ShouldBe($"name {i}");
        var first = pool.Share(new string('a', 5));
        pool.Share(new string('a', 5)).ShouldBeSameAs(first);
    }

    private static byte[] Recorded(string node) => File.ReadAllBytes(Path.Combine(RepositoryRoot.Path, "docs", "examples", "facts", $"{node}.json"));

    private static string ToJson(NodeFacts? facts) => JsonSerializer.Serialize(facts!, FactsJsonContext.Default.NodeFacts);
}
