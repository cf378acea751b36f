// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Host;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Host;

public sealed class KernelLogReaderTests
{
    [Fact]
    public void Read_Log_KeepsTheLinesThatMatterWithTheirTime()
    {
        var reading = Read(
            "6,100,1000000,-;Linux version 6.1.0\n",
            "6,101,2000000,-;wireguard: WireGuard 1.0.0 loaded. See www.wireguard.com for information.\n",
            "4,102,3000000,-;nf_conntrack: nf_conntrack: table full, dropping packet\n",
            "3,103,4000000,-;e1000e 0000:00:19.0 eth0: Detected Hardware Unit Hang:\\x0a  TDH <0>\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:19.0\n",
            "4,104,5000000,-;mlx5_core 0000:08:00.0 ens1: tx timeout detected\n SUBSYSTEM=net\n DEVICE=n3\n",
            "12,105,6000000,-;wireguard: said by a program\n");

        var log = reading.Value.ShouldNotBeNull();
        log.Lines.Select(line => (line.Sequence, line.Level, line.Topic)).ShouldBe(
        [
            (101UL, 6, KernelLogTopic.WireGuard), (102UL, 4, KernelLogTopic.Conntrack), (103UL, 3, KernelLogTopic.Device), (104UL, 4, KernelLogTopic.Device),
        ]);
        log.Lines[1].At.ShouldBe(new DateTimeOffset(2026, 1, 1, 0, 0, 3, TimeSpan.Zero));
        log.Lines[2].Text.ShouldBe("e1000e 0000:00:19.0 eth0: Detected Hardware Unit Hang:\\x0a  TDH <0>");
        (log.Records, log.Overruns).ShouldBe((6, 0));
        log.Topics["Device"].ShouldBe(2);
    }

    [Fact]
    public void Read_KeyInALine_IsReplaced()
    {
        const string key = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
        var log = Read($"7,1,1,-;wireguard: wg0: peer ({key}) is odd\n").Value.ShouldNotBeNull();
        log.Lines.ShouldHaveSingleItem().Text.ShouldBe("wireguard: wg0: peer ([key]) is odd");
    }

    [Fact]
    public void Read_FloodOfLines_KeepsTheLatestAndCountsAll()
    {
        var log = Read([.. Enumerable.Range(0, 5000).Select(i => $"4,{i},{i},-;nf_conntrack: table full {i}\n")]).Value.ShouldNotBeNull();
        log.Lines.Count.ShouldBe(KernelLogReader.LinesPerTopic);
        log.Lines[^1].Sequence.ShouldBe(4999UL);
        log.Topics["Conntrack"].ShouldBe(5000);
    }

    [Fact]
    public void Read_OverwrittenRecords_AreCountedAndReadingGoesOn()
    {
        var source = new FakeLog(["4,9,1,-;nf_conntrack: x\n"]) { Overruns = 3 };
        var reading = new KernelLogReader(new HostPaths(), new FixedTime()).Read(source, TimeSpan.Zero, null, TestDeadline.Far);
        (reading.Value.ShouldNotBeNull().Overruns, reading.Interrupted, reading.Value!.Lines.Count).ShouldBe((3, true, 1));
    }

    [Fact]
    public void Read_BrokenRecords_AreCountedAndNeverThrow()
    {
        var reading = Read("", "x", ";", "1,2;", "99999999999999999999,1,1,-;a\n", "4,1,18446744073709551615,-;nf_conntrack: y\n", "4,2,9000000000000000000,-;nf_conntrack: z\n");
        reading.Value.ShouldNotBeNull().Lines.ShouldHaveSingleItem().Text.ShouldBe("nf_conntrack: z");
        reading.Unknown.ShouldBe(6);
    }

    [Fact]
    public void Read_NoRight_IsAFact()
    {
        var source = new FakeLog([]) { End = Errno.NotPermitted };
        var reading = new KernelLogReader(new HostPaths(), new FixedTime()).Read(source, TimeSpan.Zero, true, TestDeadline.Far);
        reading.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPermitted);
    }

    [Theory]
    [InlineData("a.c:1 [wireguard]f =_ \"x\"\na.c:2 [wireguard]g =pmf \"y\"\n", true)]
    [InlineData("a.c:1 [wireguard]f =_ \"x\"\n", false)]
    [InlineData("a.c:1 [other]f =p \"x\"\n", null)]
    public void DebugOf_Control_SaysWhetherAnyMessageIsOn(string control, bool? on) =>
        KernelLogReader.DebugOf(new FileBytes(0, Encoding.UTF8.GetBytes(control), false)).ShouldBe(on);

    [SkippableFact]
    public void Read_ThisMachine_ReadsAsManyRecordsAsDmesgPrints()
    {
        Skip.IfNot(LabRights.IsRoot && File.Exists("/dev/kmsg") && File.Exists("/usr/bin/dmesg"), "needs root, /dev/kmsg and dmesg");
        int Lines() => LabRights.Run("/usr/bin/dmesg", "--noescape", "--raw").Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line[0] == '<');
        var before = Lines();
        var log = new KernelLogReader(new HostPaths(), TimeProvider.System).Read(TestDeadline.Far).Value.ShouldNotBeNull();
        // Other tests make devices meanwhile, whose lines come in; and the ring may lose as many at its other end.
        log.Records.ShouldBeInRange(Math.Min(before, Lines()) * 9 / 10, Math.Max(before, Lines()) * 11 / 10 + 50);
    }

    private static NodeProbe.Collection.Reading<KernelLogFact> Read(params string[] records) =>
        new KernelLogReader(new HostPaths { Proc = "/nonexistent", Sys = "/nonexistent" }, new FixedTime()).Read(new FakeLog(records), TimeSpan.Zero, null, TestDeadline.Far);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    private sealed class FakeLog(string[] records) : IKernelLogSource
    {
        private int _next;

        public int Overruns { get; set; }

        public int End { get; init; } = Errno.Again;

        public int Read(Span<byte> buffer, out int length)
        {
            length = 0;
            if (Overruns > 0 && Overruns-- > 0) return Errno.BrokenPipe;
            if (_next == records.Length) return End;
            // An empty record would be the end of a file; the device never gives one.
            var record = records[_next++] is { Length: > 0 } text ? text : "\n";
            length = Encoding.UTF8.GetBytes(record, buffer);
            return 0;
        }

        public void Dispose()
        {
        }
    }
}
