// SPDX-License-Identifier: Apache-2.0

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KubeWgDiag.Diagnosis;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;
using KubeWgDiag.NodeProbe.Commands;
using KubeWgDiag.NodeProbe.Output.Redaction;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Output.Redaction;

/// <summary>Every recorded fault, redacted node by node with one salt, as nodes would do it.</summary>
public sealed partial class RedactedDiagnosisTests
{
    private static readonly byte[] Salt = SHA256.HashData("one salt for all nodes"u8);

    public static TheoryData<string> Cases =>
        [.. Directory.EnumerateDirectories(Folder).Where(d => File.Exists(Path.Combine(d, "facts.json"))).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "diagnosis");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Redact_RecordedFault_HasTheSameFindings(string name)
    {
        var (original, redacted, _) = Redact(name);
        Codes(redacted).ShouldBe(Codes(original));
        Tunnels(redacted).ShouldBe(Tunnels(original));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Redact_RecordedFault_LeavesNoNameBehind(string name)
    {
        var (original, redacted, text) = Redact(name);
        var before = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(Folder, name, "facts.json")));
        var pseudonyms = new Pseudonyms(Salt).Addresses;
        foreach (var key in Keys().Matches(before).Select(m => m.Value).Distinct()) text.ShouldNotContain(key);
        foreach (var node in original) text.ShouldNotContain($"\"{node.Node}\"");
        redacted.Select(n => n.Node).ShouldBeUnique();

        // What stands for another address may be an original one by chance.
        var addresses = Addresses().Matches(before).Select(m => m.Value).Where(a => IpAddr.TryParse(a, out _)).Select(IpAddr.Parse).Distinct().ToList();
        addresses.Count.ShouldBeGreaterThan(10);
        var stand = addresses.Select(pseudonyms.Of).ToHashSet();
        var left = Addresses().Matches(text).Select(m => m.Value).Where(a => IpAddr.TryParse(a, out _)).Select(IpAddr.Parse).ToHashSet();
        var changed = addresses.Where(a => pseudonyms.Of(a) != a).ToList();
        changed.Count.ShouldBeGreaterThan(addresses.Count / 2);
        changed.Where(a => left.Contains(a) && !stand.Contains(a) && !IsNetwork(a)).ShouldBeEmpty();
    }

    // A network's own address has no bits of its own, so small ones may stand for each other.
    private static bool IsNetwork(IpAddr address) => (address.Bits & (address.Family == IpFamily.IPv4 ? 0xff : ulong.MaxValue)) == UInt128.Zero;

    private static (IReadOnlyList<NodeFacts> Original, IReadOnlyList<NodeFacts> Redacted, string Text) Redact(string name)
    {
        FactsParser.TryParse(File.ReadAllBytes(Path.Combine(Folder, name, "facts.json")), out var original, out _).ShouldBeTrue();
        var redacted = new List<NodeFacts>();
        var text = new StringBuilder();
        foreach (var node in original)
        {
            var one = new FactsRedactor(Salt).Redact(node);
            text.Append(one);
            FactsParser.TryParse(Encoding.UTF8.GetBytes(one), out var parsed, out var problem).ShouldBeTrue(problem?.Reason);
            redacted.AddRange(parsed);
        }

        return (original, redacted, text.ToString());
    }

    private static IReadOnlyList<string> Codes(IReadOnlyList<NodeFacts> nodes) =>
        [.. DiagnosisEngine.Diagnose(new DiagnosisInput(nodes, new Thresholds())).RootCauses.Select(c => c.Finding.Code).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Tunnels(IReadOnlyList<NodeFacts> nodes) =>
        [.. DiagnosisEngine.Diagnose(new DiagnosisInput(nodes, new Thresholds())).Tunnels.Select(t => t.State.ToString()).Order(StringComparer.Ordinal)];

    [GeneratedRegex("[A-Za-z0-9+/]{43}=", RegexOptions.None, 1000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"(?<![0-9A-Za-z.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![0-9A-Za-z:]|\.[0-9])", RegexOptions.None, 1000)]
    private static partial Regex Addresses();
}
