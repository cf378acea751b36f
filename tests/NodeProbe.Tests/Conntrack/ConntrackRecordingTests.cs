// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using System.Text.Json.Nodes;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

/// <summary>A dump of a real kernel's table (tests/fixtures/netlink/README.md): read right, and never a harm when it is cut or changed.</summary>
public sealed class ConntrackRecordingTests
{
    private const string Name = "conntrack";
    private const int Seed = 4711;
    private static readonly JsonSerializerOptions Indented = new(FactsJsonContext.Default.Options) { WriteIndented = true };

    [Fact]
    public void Read_RecordedDump_GivesTheExpectedFacts()
    {
        var actual = Json(Read(Load(), change: null));
        var expected = Fixtures.PathOf($"{Name}.expected.json");
        if (Fixtures.Update) File.WriteAllText(expected, actual);
        actual.ShouldBe(File.ReadAllText(expected));
    }

    [Fact]
    public void Read_RecordedDump_SurvivesTheWayThroughJson()
    {
        var type = FactsJsonContext.Default.Options.GetTypeInfo(typeof(ConntrackFlows));
        var text = JsonSerializer.Serialize(Read(Load(), change: null).Value, type);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(text, type), type).ShouldBe(text);
    }

    [Fact]
    public void Read_EveryPrefixOfTheDump_NeitherThrowsNorHangs()
    {
        var recording = Load();
        var datagrams = recording.Exchanges.SelectMany(exchange => exchange.Datagrams).ToList();
        for (var cutAt = 0; cutAt < datagrams.Count; cutAt++)
        {
            // Every byte of the first entries, then in steps that are not aligned to anything.
            for (var length = 0; length < datagrams[cutAt].Length; length += length < 1000 ? 1 : 31)
            {
                var reading = Read(recording, (n, datagram) => n < cutAt ? datagram : n == cutAt ? datagram[..length] : null);
                (reading.Value is null).ShouldBe(reading.NotAvailable is not null);
                reading.Value?.Complete.ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Read_DumpWithChangedBytes_NeitherThrowsNorHangs()
    {
        var recording = Load();
        var random = new Random(Seed);
        for (var round = 0; round < 1500; round++)
        {
            var reading = Read(recording, (_, datagram) => Mutated(datagram, random));
            (reading.Value is null).ShouldBe(reading.NotAvailable is not null, $"seed {Seed}, round {round}");
            // Whatever it became must be printable too.
            if (round % 50 == 0) Json(reading).ShouldNotBeEmpty();
        }
    }

    [SkippableFact]
    [Trait("Category", "Lab")]
    public void Record_NastyTable_ReadsBackAsItWasRead()
    {
        ConntrackLab.SkipIfImpossible();
        using var lab = ConntrackLab.Create();
        var recording = new NetlinkRecording();
        var live = lab.Run(() =>
        {
            NetlinkSocket.TryOpen(CtAttribute.Protocol, out var socket).ShouldBe(0);
            using var connection = new NetlinkConnection(new RecordingTransport(socket!, recording));
            return Json(ConntrackFlowReader.Read(connection, [ConntrackLab.Everything], ConntrackLab.Unlimited, TestDeadline.Far));
        });
        var text = recording.Format($"{Name} of nasty-conntrack.sh and some packets, kernel {KernelRelease.Read()}");
        Json(Read(NetlinkRecording.Parse(text), change: null)).ShouldBe(live);
        if (Fixtures.Update) File.WriteAllText(Fixtures.PathOf($"{Name}.hex"), text);
    }

    private static byte[] Mutated(byte[] datagram, Random random)
    {
        var copy = (byte[])datagram.Clone();
        for (var change = random.Next(1, 30); change > 0; change--)
        {
            var at = random.Next(copy.Length);
            copy[at] = random.Next(3) switch { 0 => (byte)random.Next(256), 1 => (byte)(copy[at] ^ (1 << random.Next(8))), _ => (byte)random.Next(8) };
        }

        return copy;
    }

    private static NetlinkRecording Load() => NetlinkRecording.Parse(File.ReadAllText(Fixtures.PathOf($"{Name}.hex")));

    private static Reading<ConntrackFlows> Read(NetlinkRecording recording, Func<int, byte[], byte[]?>? change)
    {
        using var connection = new NetlinkConnection(new ReplayTransport(recording, change));
        return ConntrackFlowReader.Read(connection, [ConntrackLab.Everything], ConntrackLab.Unlimited, TestDeadline.Far);
    }

    private static string Json(Reading<ConntrackFlows> reading) => new JsonObject
    {
        ["unknown"] = reading.Unknown,
        ["seen"] = reading.Seen,
        ["notAvailable"] = reading.NotAvailable?.Reason.ToString(),
        ["value"] = JsonSerializer.SerializeToNode(reading.Value, FactsJsonContext.Default.Options.GetTypeInfo(typeof(ConntrackFlows))),
    }.ToJsonString(Indented) + "\n";
}
