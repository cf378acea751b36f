// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Conntrack;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Conntrack;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Conntrack;

public sealed class ConntrackReaderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");
    private int _opened;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_ModuleNotLoaded_IsNotPresentAndNoSocketIsOpened()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "sys", "net", "netfilter"));
        Read().NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
        ReadFlows().NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
        _opened.ShouldBe(0);
    }

    [Fact]
    public void Read_NetlinkModuleNotLoaded_GivesTheSettingsAndOpensNoSocket()
    {
        Settings();
        File.WriteAllText(Path.Combine(_root.FullName, "modules"), "nf_conntrack 172032 1 nf_nat, Live 0x0\nnf_conntrack_netlinks 1 0 - Live 0x0\n");
        var fact = Read().Value.ShouldNotBeNull();
        (fact.Entries, fact.MaxEntries, fact.Buckets).ShouldBe((7L, 262144L, 65536L));
        fact.Settings.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("nf_conntrack_tcp_loose", 1));
        fact.Statistics.ShouldBeNull();
        fact.StatisticsNotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
        ReadFlows().NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
        _opened.ShouldBe(0);
    }

    [Theory]
    [InlineData("nf_conntrack 172032 1 - Live 0x0\nnf_conntrack_netlink 57344 0 - Live 0x0\n")]
    [InlineData("wireguard 100 0 - Live 0x0\n")] // built in
    [InlineData(null)] // a kernel without modules
    public void Read_NetlinkThere_AsksForTheCountersOfEachCpu(string? modules)
    {
        Settings();
        if (modules is not null) File.WriteAllText(Path.Combine(_root.FullName, "modules"), modules);
        var fact = Read().Value.ShouldNotBeNull();
        fact.StatisticsNotAvailable.ShouldBeNull();
        (fact.Entries, fact.MaxEntries).ShouldBe((1000L, 262144L));
        // CPU 0 has counted nothing, CPU 258 comes from both bytes of the resource id.
        fact.Cpus.Select(cpu => cpu.Cpu).ShouldBe([3, 258]);
        fact.Statistics.ShouldBe(new ConntrackStatistics { InsertFailed = new Counter(0x100000001), Drop = new Counter(5) });
    }

    [Fact]
    public void Read_Refused_KeepsTheSettings()
    {
        Settings();
        var reading = ConntrackReader.Read(_root.FullName, new FunctionTransportFactory(_ => new FakeNetlinkTransport().Enqueue(Wire.Error(-1))), TestDeadline.Far);
        reading.Value.ShouldNotBeNull().Entries.ShouldBe(7);
        reading.Value.StatisticsNotAvailable.ShouldNotBeNull();
        reading = ConntrackReader.Read(_root.FullName, new RefusingTransportFactory(93), TestDeadline.Far);
        reading.Value.ShouldNotBeNull().StatisticsNotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);
    }

    [Fact]
    public void Growth_OfTheWindow_StandsInTotalsAndCpus()
    {
        var merged = ConntrackGrowth.Merge(
            With(new ConntrackStatistics { Drop = new(5), Insert = new(9) }, new ConntrackCpuStatistics(0, new() { Drop = new(5) })),
            With(
                new ConntrackStatistics { Drop = new(7), Insert = new(8), EarlyDrop = new(1) },
                new ConntrackCpuStatistics(0, new() { Drop = new(6) }),
                new ConntrackCpuStatistics(1, new() { Drop = new(1) })));
        var fact = merged.Conntrack!.Value.ShouldNotBeNull();
        fact.Statistics.ShouldBe(new ConntrackStatistics { Drop = new(7, 2), Insert = new(8), EarlyDrop = new(1) });
        fact.Cpus.Select(cpu => cpu.Statistics.Drop).ShouldBe([new Counter(6, 1), new Counter(1, 1)]);
    }

    [Fact]
    public void Growth_StartUnreadable_LeavesTheEndAsItIs()
    {
        var end = With(new ConntrackStatistics { Drop = new(7) });
        ConntrackGrowth.Merge(end with { Conntrack = null }, end).ShouldBe(end);
    }

    private static NamespaceFacts With(ConntrackStatistics total, params ConntrackCpuStatistics[] cpus) =>
        UnreadNamespace.Of(new NamespaceTarget("net:[1]", "host", null), new NotAvailable(NotAvailableReason.Failed, "test"), default) with
        {
            Conntrack = new Fact<ConntrackFact> { Source = "test", At = default, Value = new ConntrackFact { Statistics = total, Cpus = cpus } },
        };

    private void Settings()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root.FullName, "sys", "net", "netfilter")).FullName;
        File.WriteAllText(Path.Combine(folder, "nf_conntrack_count"), "7\n");
        File.WriteAllText(Path.Combine(folder, "nf_conntrack_max"), "262144\n");
        File.WriteAllText(Path.Combine(folder, "nf_conntrack_buckets"), "65536\n");
        File.WriteAllText(Path.Combine(folder, "nf_conntrack_tcp_loose"), "1\n");
    }

    private Reading<ConntrackFact> Read() => ConntrackReader.Read(_root.FullName, new FunctionTransportFactory(Open), TestDeadline.Far);

    private Reading<ConntrackFlows> ReadFlows() =>
        ConntrackFlowReader.Read(_root.FullName, new FunctionTransportFactory(Open), [], new ConntrackLimits(), TestDeadline.Far);

    private FakeNetlinkTransport Open(int protocol)
    {
        _opened++;
        protocol.ShouldBe(12);
        return new FakeNetlinkTransport().Enqueue(
            Wire.Message(CtAttribute.MessageStatistics, NetlinkConstants.FlagMulti, new byte[4], Wire.Attribute(1, CtWire.B32(1000))),
            Wire.Error(0),
            Wire.Join(Cpu(0, 0, 0), Cpu(3, uint.MaxValue, 5), Cpu(258, 2, 0)),
            Wire.Done());
    }

    private static byte[] Cpu(int cpu, uint failed, uint drop) => Wire.Message(
        CtAttribute.MessageStatisticsCpu, NetlinkConstants.FlagMulti,
        [0, 0], CtWire.B16(cpu), Wire.Attribute(9, CtWire.B32(failed)), Wire.Attribute(10, CtWire.B32(drop)));
}
