// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Mending;
using KubeWgDiag.Diagnosis.Tests.Model;

namespace KubeWgDiag.Diagnosis.Tests;

/// <summary>A node is not trusted: whatever its facts say, the engine answers, and its commands stay harmless.</summary>
public sealed class HostileFactsTests
{
    [Property(MaxTest = 400)]
    public void Diagnose_MutatedFacts_NeverThrows(int seed)
    {
        var random = new Random(seed);
        var facts = Broken(random).Select(node => Mutate(random, node)).OfType<NodeFacts>().ToList();
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        report.Summary.ShouldNotBeNullOrEmpty();
        JsonSerializer.Serialize(report, ReportJsonContext.Default.DiagnosisReport).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Diagnose_NullsEverywhere_NeverThrows()
    {
        var hollow = new NamespaceFacts
        {
            Id = null!,
            Name = null!,
            Links = null!,
            Addresses = null!,
            Routes = null!,
            Rules = null!,
            Neighbours = null!,
            Sysctls = null!,
            ProtocolCounters = null!,
            KernelWireGuard = null!,
            UserspaceWireGuard = null!,
            UapiSocketProblems = null!,
            RouteLookups = null!,
        };
        NodeFacts[] nodes =
        [
            null!,
            new() { Node = null!, At = default, Namespaces = null! },
            new() { Node = "a", At = DateTimeOffset.MaxValue, ObservedSeconds = double.NaN, Namespaces = [null!, hollow] },
        ];
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(nodes, null!) { IncludeCodes = null!, ExcludeCodes = null! });
        report.Tunnels.ShouldBeEmpty();
        report.CouldNotCheck.ShouldNotBeEmpty();
        DiagnosisEngine.Diagnose(new DiagnosisInput(null!, null!)).Summary.ShouldContain("No node");
    }

    [Theory]
    [InlineData("$(reboot)")]
    [InlineData("wg0;id")]
    [InlineData("a'b")]
    [InlineData("`id`")]
    [InlineData("wg 0")]
    public void Commands_DeviceWithAShellName_IsQuoted(string name)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(0).Name = name;
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Name = name });
        mesh.Peer(0, 1).AllowedIps = [];
        var quoted = $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        mesh.Diagnose().RootCauses[0].Finding.Remediation[0].Command.ShouldStartWith($"wg set {quoted} peer ");
    }

    [Theory]
    [InlineData("-v")]
    [InlineData("wg\n0")]
    [InlineData("wg\u001b[31m")]
    [InlineData("wg\u202e0")]
    public void Commands_DeviceWithAnUnspeakableName_AreLeftOut(string name)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Device(0).Name = name;
        mesh[0].ChangeLink(mesh.Device(0).Link, link => link with { Name = name });
        mesh.Peer(0, 1).AllowedIps = [];
        var report = mesh.Diagnose();
        report.RootCauses[0].Finding.Remediation.ShouldBeEmpty();
        var text = JsonSerializer.Serialize(report, ReportJsonContext.Default.DiagnosisReport);
        text.ShouldNotContain("\\n");
        text.ShouldNotContain("\\u001B");
        text.ShouldNotContain("\\u202E");
    }

    [Theory]
    [InlineData("eth0", "eth0")]
    [InlineData("a b", "'a b'")]
    [InlineData("a'b", "'a'\\''b'")]
    [InlineData("", null)]
    [InlineData("-x", null)]
    [InlineData("a\tb", null)]
    [InlineData("ä", null)]
    public void Word_AnyText_IsOneShellWordOrNone(string text, string? word) => Shell.Word(text).ShouldBe(word);

    [Fact]
    public void Diagnose_OversizedNames_StayBounded()
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh[0].Sysctls["net.ipv4.ip_forward"] = 0;
        var facts = mesh.Facts().ToList();
        facts[0] = facts[0] with { Node = new string('n', 1_000_000), TruncatedWhat = new string('t', 1_000_000), Truncated = true };
        var report = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds()));
        JsonSerializer.Serialize(report, ReportJsonContext.Default.DiagnosisReport).Length.ShouldBeLessThan(60_000);
    }

    [Theory]
    [InlineData("/var/run/netns/gateway", "nsenter --net=/var/run/netns/gateway wg set ")]
    [InlineData("/run/netns/a;b", "nsenter --net='/run/netns/a;b' wg set ")]
    [InlineData("pod default/gateway", null)]
    public void Commands_DeviceInAnotherNamespace_EnterItByPathOrAreLeftOut(string name, string? start)
    {
        var mesh = Layouts.Flannel(3, new Setup()).TalkAll();
        mesh.Peer(0, 1).AllowedIps = [];
        var facts = mesh.Facts().ToList();
        var empty = new TestNode("empty").ToFacts().Namespaces[0];
        facts[0] = facts[0] with { Namespaces = [empty, facts[0].Namespaces[0] with { Name = name }] };
        var finding = DiagnosisEngine.Diagnose(new DiagnosisInput(facts, new Thresholds())).RootCauses[0].Finding;
        finding.Subject.Namespace.ShouldBe(name);
        if (start is null) finding.Remediation.ShouldBeEmpty();
        else finding.Remediation[0].Command.ShouldStartWith(start);
    }

    private static IReadOnlyList<NodeFacts> Broken(Random random)
    {
        TestMesh[] meshes =
        [
            Layouts.Flannel(3, new Setup(V6: true, Userspace: random.Next(2) == 0, Keepalive: 25)), Layouts.WgQuick(3, new Setup(V6: true)), Layouts.Calico(2), Layouts.Hub(2), Layouts.Cilium(2),
        ];
        var mesh = meshes[random.Next(meshes.Length)];
        mesh[random.Next(mesh.Nodes.Count)].Sysctls["net.ipv4.ip_forward"] = 0;
        mesh.Device(0).Peers[0].AllowedIps = [];
        return mesh.Facts();
    }

    // Changes a few values of the JSON at random; what no longer parses is what the reader refuses.
    private static NodeFacts? Mutate(Random random, NodeFacts facts)
    {
        var root = JsonSerializer.SerializeToNode(facts, FactsJsonContext.Default.NodeFacts)!;
        for (var i = random.Next(1, 12); i > 0; i--) Change(random, root);
        try
        {
            return root.Deserialize(FactsJsonContext.Default.NodeFacts);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Change(Random random, JsonNode node)
    {
        var place = node;
        while (true)
        {
            JsonNode? next = place switch
            {
                JsonObject { Count: > 0 } map => map.ElementAt(random.Next(map.Count)).Value,
                JsonArray { Count: > 0 } list => list[random.Next(list.Count)],
                _ => null,
            };
            if (next is JsonObject or JsonArray && random.Next(12) != 0)
            {
                place = next;
                continue;
            }

            Replace(random, place, next);
            return;
        }
    }

    private static void Replace(Random random, JsonNode place, JsonNode? old)
    {
        JsonNode?[] values =
        [
            null, JsonValue.Create(0), JsonValue.Create(-1), JsonValue.Create(int.MaxValue), JsonValue.Create(254), JsonValue.Create(""), JsonValue.Create("\u0007wg'$(x)"),
            JsonValue.Create("::/0"), JsonValue.Create("0.0.0.0"), JsonValue.Create("10.244.1.0/24"), JsonValue.Create("10.244.0.0/15"), JsonValue.Create(true), new JsonArray(), new JsonObject(), old?.DeepClone(),
        ];
        var value = values[random.Next(values.Length)];
        if (place is JsonObject map && map.Count > 0) map[map.ElementAt(random.Next(map.Count)).Key] = value;
        else if (place is JsonArray list && list.Count > 0 && random.Next(3) == 0) list.RemoveAt(random.Next(list.Count));
        else if (place is JsonArray array) array.Add(value);
    }
}
