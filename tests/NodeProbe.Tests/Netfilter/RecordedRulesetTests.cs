// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Netfilter;
using KubeWgDiag.Diagnosis.Netfilter.Text;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netfilter;
using KubeWgDiag.NodeProbe.Netfilter.NfTables;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Netfilter;

/// <summary>The recorded ruleset of a real kernel: never a harm when it is cut or changed, and each failure a value.</summary>
public sealed class RecordedRulesetTests(ITestOutputHelper output)
{
    private const int Seed = 20_260_722;
    private static readonly string Recorded = Path.Combine(NftFixtures.Folder, "nasty.hex");

    [SkippableFact]
    public void Record_Nasty_ReadsBackAsItWasRead()
    {
        NfTablesLab.SkipIfImpossible();
        using var lab = new LabNamespace();
        NftFixtures.Load(lab, "nasty");
        var recording = new NetlinkRecording();
        var live = Json(NfTablesLab.Read(lab, recording));
        var text = recording.Format($"nasty/ruleset.nft, kernel {KernelRelease.Read()}");
        Json(Read(NetlinkRecording.Parse(text))).ShouldBe(live);
        if (Fixtures.Update) File.WriteAllText(Recorded, text);
    }

    [Fact]
    public void Read_Recording_IsWhole()
    {
        var reading = Read(Load());
        reading.Unknown.ShouldBe(0);
        var fact = reading.Value.ShouldNotBeNull();
        fact.Tables.Count.ShouldBe(7);
        fact.Tables.Sum(t => t.Chains.Sum(c => c.Rules.Count)).ShouldBeGreaterThan(350);
        JsonSerializer.Deserialize(Json(reading), (System.Text.Json.Serialization.Metadata.JsonTypeInfo<NetfilterFact>)FactsJsonContext.Default.Options.GetTypeInfo(typeof(NetfilterFact)))
            .ShouldNotBeNull().Tables.Count.ShouldBe(7);
    }

    [Fact]
    public void Read_EveryPrefix_NeitherThrowsNorHangs()
    {
        var recording = Load();
        int number = 0, cutAt = 0, length = 0;
        foreach (var datagram in recording.Exchanges.SelectMany(e => e.Datagrams))
        {
            // Inside of the first headers, then in steps that are not aligned to anything: each cut reads the whole recording again.
            for (length = 0; length < datagram.Length; length += length < 40 ? 9 : 4999)
            {
                cutAt = number;
                var reading = Read(recording, (n, whole) => n < cutAt ? whole : n == cutAt ? whole[..length] : null);
                (reading.Value is not null || reading.NotAvailable is not null).ShouldBeTrue();
                // What was cut is said, unless only the comparison of the generation was.
                if (reading.Value is { } fact && number < recording.Exchanges.Sum(e => e.Datagrams.Count) - 1) fact.Gaps.ShouldNotBeEmpty();
            }

            number++;
        }
    }

    [Fact]
    public void Read_ChangedBytes_NeitherThrowsNorHangs()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var recording = Load();
        for (var round = 0; round < 150; round++)
        {
            var reading = Read(recording, (_, datagram) => Changed(datagram, random));
            foreach (var table in reading.Value?.Tables ?? [])
            {
                foreach (var rule in table.Chains.SelectMany(chain => chain.Rules)) RuleText.Of(table, rule).ShouldNotBeNull();
            }
        }
    }

    [Fact]
    public void Read_GenerationChangesEachTime_IsFlagged()
    {
        var asked = 0u;
        var reading = Read(Load(), (_, datagram) =>
        {
            var copy = (byte[])datagram.Clone();
            if (copy.Length > 28 && BitConverter.ToUInt16(copy, 4) == NfTablesTypes.NewGeneration) copy[27] = (byte)asked++;
            return copy;
        });
        reading.Value.ShouldNotBeNull().GenerationChanged.ShouldBeTrue();
        asked.ShouldBe(6u); // Before and after each of three attempts.
    }

    [Theory]
    [InlineData(-22, NotAvailableReason.NotPresent)]
    [InlineData(-1, NotAvailableReason.NotPermitted)]
    [InlineData(-12, NotAvailableReason.Failed)]
    public void Read_KernelRefuses_SaysWhy(int code, NotAvailableReason reason)
    {
        using var connection = new NetlinkConnection(new FakeNetlinkTransport().Enqueue(Wire.Error(code)));
        new NfTablesReader(new UnknownXtDecoder()).Read(connection, TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
    }

    [Fact]
    public void Read_RulesAboveTheLimit_AreAGap()
    {
        using var connection = new NetlinkConnection(new ReplayTransport(Load()));
        var reading = new NfTablesReader(new UnknownXtDecoder(), new NfTablesLimits { Rules = 10, Elements = 5 }).Read(connection, TestDeadline.Far);
        var fact = reading.Value.ShouldNotBeNull();
        fact.Tables.Sum(t => t.Chains.Sum(c => c.Rules.Count)).ShouldBe(10);
        fact.Tables.Sum(t => t.Sets.Sum(s => s.Elements.Count)).ShouldBeLessThanOrEqualTo(5);
        fact.Gaps.Count.ShouldBe(2);
        fact.Tables.ShouldAllBe(t => t.Incomplete);
        fact.Tables[^2].Sets.ShouldAllBe(s => s.Incomplete);
    }

    private static byte[] Changed(byte[] datagram, Random random)
    {
        var copy = (byte[])datagram.Clone();
        for (var i = random.Next(4); i > 0; i--) copy[random.Next(copy.Length)] = (byte)random.Next(256);
        return copy;
    }

    private static NetlinkRecording Load() => NetlinkRecording.Parse(File.ReadAllText(Recorded));

    private static Reading<NetfilterFact> Read(NetlinkRecording recording, Func<int, byte[], byte[]?>? change = null)
    {
        using var connection = new NetlinkConnection(new ReplayTransport(recording, change));
        return new NfTablesReader(new UnknownXtDecoder()).Read(connection, TestDeadline.Far);
    }

    private static string Json(Reading<NetfilterFact> reading) =>
        JsonSerializer.Serialize(reading.Value, FactsJsonContext.Default.Options.GetTypeInfo(typeof(NetfilterFact)));
}
