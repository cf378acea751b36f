// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Counters;

namespace KubeWgDiag.NodeProbe.Tests.Counters;

public sealed class ProtocolCounterReaderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_RecordedFiles_GivesTheWantedGroups()
    {
        Write("snmp", """
            Ip: Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors
            Ip: 1 64 4096 0 7
            Icmp: InMsgs
            Icmp: 3
            IcmpMsg: InType3
            IcmpMsg: 3
            Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens CurrEstab RetransSegs
            Tcp: 1 200 120000 -1 6 2 8
            Udp: InDatagrams NoPorts
            Udp: 18446744073709551615 5
            UdpLite: InDatagrams
            UdpLite: 1

            """);
        Write("netstat", "TcpExt: SyncookiesSent IPReversePathFilter\nTcpExt: 0 12\nIpExt: InNoRoutes\nIpExt: 1\n");
        Write("snmp6", "Ip6InReceives                   \t44\nIcmp6InMsgs                     \t2\nUdp6NoPorts                     \t1\nUdpLite6InDatagrams             \t9\n");

        var reading = ProtocolCounterReader.Read(_root.FullName);

        reading.Value.ShouldNotBeNull().ToDictionary(c => c.Key, c => c.Value.Value).ShouldBe(
            new Dictionary<string, ulong>
            {
                ["Icmp.InMsgs"] = 3,
                ["IcmpMsg.InType3"] = 3,
                ["IpExt.InNoRoutes"] = 1,
                ["Tcp.ActiveOpens"] = 6,
                ["Tcp.RetransSegs"] = 8,
                ["UdpLite.InDatagrams"] = 1,
                ["UdpLite6.InDatagrams"] = 9,
                ["Icmp6.InMsgs"] = 2,
                ["Ip.InAddrErrors"] = 7,
                ["Ip.InHdrErrors"] = 0,
                ["Ip.InReceives"] = 4096,
                ["Ip6.InReceives"] = 44,
                ["TcpExt.IPReversePathFilter"] = 12,
                ["TcpExt.SyncookiesSent"] = 0,
                ["Udp.InDatagrams"] = ulong.MaxValue,
                ["Udp.NoPorts"] = 5,
                ["Udp6.NoPorts"] = 1,
            },
            ignoreOrder: true);
        reading.Unknown.ShouldBe(0);
    }

    [Fact]
    public void Read_OwnFiles_HasEveryCounterOfTheGroupsAndNothingStrange()
    {
        var reading = ProtocolCounterReader.Read("/proc");
        reading.Unknown.ShouldBe(0);
        var counters = reading.Value.ShouldNotBeNull();
        // The lines of one group are as long as each other; together with the settings that are left out every name is there.
        var names = File.ReadAllLines("/proc/thread-self/net/snmp").Concat(File.ReadAllLines("/proc/thread-self/net/netstat")).Chunk(2)
            .Select(pair => pair[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields[0] != "MPTcpExt:")
            .SelectMany(fields => fields.Skip(1).Select(name => $"{fields[0][..^1]}.{name}")).ToList();
        names.Count.ShouldBeGreaterThan(150);
        names.Except(counters.Keys, StringComparer.Ordinal).ShouldBe(
            ["Ip.Forwarding", "Ip.DefaultTTL", "Tcp.RtoAlgorithm", "Tcp.RtoMin", "Tcp.RtoMax", "Tcp.MaxConn", "Tcp.CurrEstab"]);
        if (File.Exists("/proc/thread-self/net/snmp6"))
            counters.Keys.Count(name => name.Split('.')[0].EndsWith('6')).ShouldBe(File.ReadAllLines("/proc/thread-self/net/snmp6").Length);
    }

    [Theory]
    [InlineData("Ip: A B\nIp: 1\n")] // a value is missing
    [InlineData("Ip: A\nUdp: 1\n")] // the lines are of two groups
    [InlineData("Ip: A\n")] // the second line is missing
    [InlineData("Ip: A\nIp: x\n")]
    [InlineData("what\nis this\n")]
    public void Parse_BrokenTable_IsCountedAndNeverThrows(string text)
    {
        var unknown = 0;
        SnmpTable.Parse(text, new Dictionary<string, Counter>(), ref unknown);
        unknown.ShouldBe(1);
    }

    [Fact]
    public void Read_NoFiles_IsNotPresent() =>
        ProtocolCounterReader.Read(_root.FullName).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);

    private void Write(string name, string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root.FullName, "thread-self", "net"));
        File.WriteAllText(Path.Combine(folder.FullName, name), text);
    }
}
