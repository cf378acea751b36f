// SPDX-License-Identifier: Apache-2.0

using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink;

/// <summary>Dumps of a real kernel (tests/fixtures/netlink/README.md): read right, and never a harm when they are cut or changed.</summary>
public sealed class RecordedDumpTests
{
    public static TheoryData<string> Names => [.. RecordedReaders.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_RecordedDump_GivesTheExpectedFacts(string name)
    {
        var actual = Read(name, change: null);
        var expected = Fixtures.PathOf($"{name}.expected.json");
        if (Fixtures.Update) File.WriteAllText(expected, actual);
        actual.ShouldBe(File.ReadAllText(expected));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_EveryPrefixOfTheDump_NeitherThrowsNorHangs(string name)
    {
        var recording = Load(name);
        int number = 0, cutAt = 0, length = 0;
        using var connection = new NetlinkConnection(new ReplayTransport(recording, (n, datagram) => Cut(n, datagram)));
        foreach (var datagram in recording.Exchanges.SelectMany(e => e.Datagrams))
        {
            // Every byte of the headers, then in steps that are not aligned to anything.
            for (length = 0; length < datagram.Length; length += length < 200 ? 1 : 7)
            {
                cutAt = number;
                RecordedReaders.Read(name, connection, TestDeadline.Far).ShouldNotBeNull();
            }

            number++;
        }

        byte[]? Cut(int n, byte[] datagram) => n < cutAt ? datagram : n == cutAt ? datagram[..length] : null;
    }

    [Property(MaxTest = 300)]
    public Property Read_DumpWithChangedBytes_NeitherThrowsNorHangs()
    {
        var changes = ArbMap.Default.ArbFor<(int At, byte Value)[]>();
        return Prop.ForAll(Gen.Elements(RecordedReaders.Names).ToArbitrary(), changes, (name, bytes) =>
            Read(name, (_, datagram) => Changed(datagram, bytes)).Length > 0);
    }

    private static byte[] Changed(byte[] datagram, (int At, byte Value)[] changes)
    {
        var copy = (byte[])datagram.Clone();
        // Lengths and types stand in the first bytes of each structure, so low offsets are worth more.
        foreach (var (at, value) in changes) copy[(int)((uint)(at * 37) % (uint)copy.Length)] = value;
        return copy;
    }

    private static NetlinkRecording Load(string name) => NetlinkRecording.Parse(File.ReadAllText(Fixtures.PathOf($"{name}.hex")));

    private static string Read(string name, Func<int, byte[], byte[]?>? change)
    {
        using var connection = new NetlinkConnection(new ReplayTransport(Load(name), change));
        return RecordedReaders.Read(name, connection, TestDeadline.Far);
    }
}
