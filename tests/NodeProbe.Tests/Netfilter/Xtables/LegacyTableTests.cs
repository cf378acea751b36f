// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;
using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Netfilter.Legacy;
using KubeWgDiag.NodeProbe.Netfilter.Xtables;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using KubeWgDiag.Tests.Shared;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter.Xtables;

/// <summary>Recorded tables, whole and damaged.</summary>
public sealed class LegacyTableTests
{
    private const int Seed = 20261122;

    public static TheoryData<string> Recordings { get; } = [.. LegacyRecording.Names];

    [Theory]
    [InlineData("calico-mangle", "calico/rules-v4", "mangle")]
    [InlineData("docker-filter", "docker/rules-v4", "filter")]
    [InlineData("ufw6-filter", "ufw/rules-v6", "filter")]
    public void Recording_Decoded_IsTheFileItWasMadeOf(string name, string file, string table)
    {
        using var recording = new LegacyRecording(name);
        var read = LegacyTableReader.Read(recording, recording.Table, recording.Layout, new XtDecoder());
        read.Unknown.ShouldBe(0);
        XtRuleText.Table(read.Table.ShouldNotBeNull()).ShouldBe(TableOf(file, table));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void EveryPrefix_IsRefusedWithoutHarm(string name)
    {
        using var recording = new LegacyRecording(name);
        recording.Decode(recording.Entries).ShouldNotBeNull();
        for (var length = 0; length < recording.Entries.Length; length++) recording.Decode(recording.Entries.AsSpan(0, length)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Mutations_NeverThrow(string name)
    {
        using var recording = new LegacyRecording(name);
        var random = new Random(Seed);
        var whole = 0;
        for (var round = 0; round < 4000; round++)
        {
            var entries = recording.Entries.ToArray();
            var info = recording.Info.ToArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var target = random.Next(8) == 0 ? info : entries;
                target[random.Next(target.Length)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(2) * 255);
            }

            if (recording.Decode(entries, info) is { } table)
            {
                whole++;
                XtRuleText.Table(table, counters: true).Count().ShouldBeGreaterThan(1);
            }
        }

        whole.ShouldBeInRange(1, 3999, $"seed {Seed}");
    }

    [Fact]
    public void OffsetOfZero_DoesNotLoop()
    {
        using var recording = new LegacyRecording("docker-filter");
        var entries = recording.Entries.ToArray();
        // next_offset of the first entry: a walk that believes it never ends.
        MemoryMarshal.Write(entries.AsSpan(90), (ushort)0);
        recording.Decode(entries).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(int.MaxValue, false)]
    public void TableThatChanges_IsAskedForAgainAFewTimes(int changes, bool read)
    {
        using var recording = new LegacyRecording("docker-filter") { Changes = changes };
        var result = LegacyTableReader.Read(recording, recording.Table, recording.Layout, new XtDecoder());
        (result.Table is not null).ShouldBe(read);
        result.Changed.ShouldBe(!read);
        recording.Questions.ShouldBeLessThanOrEqualTo(2 * LegacyTableReader.MaxAttempts);
    }

    [Fact]
    public void NoListOfTables_IsNoTable()
    {
        static int Refuse(bool version6, out IXtablesSource? source) => throw new InvalidOperationException("asked for a table that nobody listed");
        var folder = Directory.CreateTempSubdirectory("xt-names-");
        try
        {
            LegacyReader.Read(new XtDecoder(), TestDeadline.Far, folder.FullName, Refuse).Value.ShouldNotBeNull().ShouldBeEmpty();
        }
        finally
        {
            folder.Delete();
        }
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Table_ThroughJson_IsTheSame(string name)
    {
        using var recording = new LegacyRecording(name);
        var facts = new NetfilterFact { Tables = [recording.Decode(recording.Entries)!] };
        var type = FactsJsonContext.Default.NetfilterFact;
        var back = JsonSerializer.Deserialize(JsonSerializer.Serialize(facts, type), type).ShouldNotBeNull();
        XtRuleText.Table(back.Tables.Single(), counters: true).ShouldBe(XtRuleText.Table(facts.Tables.Single(), counters: true));
    }

    private static string[] TableOf(string file, string table)
    {
        var lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "tests", "fixtures", "netfilter", "iptables", file));
        var start = Array.IndexOf(lines, "*" + table);
        return lines[start..(Array.IndexOf(lines, "COMMIT", start) + 1)];
    }
}
