// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Sysctls;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Sysctls;

public sealed class SysctlReaderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("proc");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Read_WholeTree_GivesDottedNamesWithSlashInsideDevices()
    {
        WriteTree();

        var values = SysctlReader.Read(_root.FullName, ["eth0.100", "..", "a/b", "all", ""], SysctlScope.Whole, TestDeadline.Far).Value.ShouldNotBeNull();

        values.Numbers.ShouldBe(
            new Dictionary<string, long>
            {
                ["net.ipv4.conf.all.rp_filter"] = 2,
                ["net.ipv4.conf.default.arp_ignore"] = 1,
                ["net.ipv4.conf.default.forwarding"] = 0,
                ["net.ipv4.conf.default.tag"] = 3,
                ["net.ipv4.conf.eth0/100.forwarding"] = 0, // always there, though equal to the default
                ["net.ipv4.conf.eth0/100.tag"] = 4, // differs from the default; arp_ignore does not
                ["net.ipv4.ip_forward"] = 1,
                ["net.ipv4.route.mtu_expires"] = 600,
                ["net.ipv6.conf.default.accept_ra"] = -1,
                ["net.ipv6.conf.eth0/100.accept_ra"] = -1,
                ["net.netfilter.nf_conntrack_max"] = 262144,
            },
            ignoreOrder: true);
        values.Texts.ShouldBe(
            new Dictionary<string, string>
            {
                ["net.core.default_qdisc"] = "fq",
                ["net.ipv4.tcp_rmem"] = "4096\t131072\t6291456",
                ["net.netfilter.nf_log.2"] = "NONE",
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Read_DecidingOnly_LeavesOutTheRest()
    {
        WriteTree();

        var values = SysctlReader.Read(_root.FullName, ["eth0.100"], SysctlScope.Deciding, TestDeadline.Far).Value.ShouldNotBeNull();

        values.Numbers.Keys.ShouldBe(
            [
                "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.arp_ignore", "net.ipv4.conf.default.forwarding",
                "net.ipv4.conf.eth0/100.forwarding", "net.ipv4.ip_forward", "net.ipv4.route.mtu_expires",
                "net.ipv6.conf.default.accept_ra", "net.ipv6.conf.eth0/100.accept_ra", "net.netfilter.nf_conntrack_max",
            ],
            ignoreOrder: true);
        values.Texts.ShouldBeEmpty();
    }

    [Fact]
    public void Read_BinaryEmptyAndEndlessValues_AreCountedOrKeptButNeverThrow()
    {
        Write("net/ipv4/ip_forward", "1\n");
        Write("net/core/empty", "");
        Write("net/core/binary", "\u0001\u0002\n");
        Write("net/core/endless", new string('7', 5000));

        var reading = SysctlReader.Read(_root.FullName, [], SysctlScope.Whole, TestDeadline.Far);

        reading.Value.ShouldNotBeNull().Numbers.Keys.ShouldBe(["net.ipv4.ip_forward"]);
        reading.Value!.Texts.ShouldBe(new Dictionary<string, string> { ["net.core.empty"] = "" });
        reading.Unknown.ShouldBe(2);
    }

    [Fact]
    public void Read_KeysAndSeeds_AreNeverRead()
    {
        Write("net/ipv4/tcp_fastopen_key", "01234567-89abcdef-01234567-89abcdef\n");
        Write("net/core/netdev_rss_key", "01:02\n");
        Write("net/ipv6/conf/default/stable_secret", "2001:db8::1\n");
        Write("net/ipv6/conf/eth0/stable_secret", "2001:db8::2\n");

        var values = SysctlReader.Read(_root.FullName, ["eth0"], SysctlScope.Whole, TestDeadline.Far).Value.ShouldNotBeNull();

        values.Texts.ShouldBeEmpty();
        values.Numbers.ShouldBeEmpty();
    }

    [Fact]
    public void Read_WithoutProcSys_IsNotPresent() =>
        SysctlReader.Read(_root.FullName, [], SysctlScope.Whole, TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);

    [Fact]
    public void Read_MoreDevicesThanTheLimit_SaysSo()
    {
        Write("net/ipv4/ip_forward", "1\n");
        var devices = Enumerable.Range(0, SysctlReader.MaxDevices + 1).Select(i => $"veth{i}").ToList();
        SysctlReader.Read(_root.FullName, devices, SysctlScope.Whole, TestDeadline.Far).Cut.ShouldBe("sysctls: only those of the first 1024 of 1025 devices");
    }

    [Fact]
    public void Read_AfterTheDeadline_KeepsWhatItHasAndSaysSo()
    {
        Write("net/ipv4/ip_forward", "1\n");
        var over = new Deadline(TimeProvider.System, TimeSpan.Zero, CancellationToken.None);
        var reading = SysctlReader.Read(_root.FullName, ["eth0"], SysctlScope.Whole, over);
        reading.Value.ShouldNotBeNull().Numbers["net.ipv4.ip_forward"].ShouldBe(1);
        reading.Cut.ShouldBe("sysctls: only those of the first 0 of 1 devices in the time given");
    }

    private void WriteTree()
    {
        Write("net/ipv4/ip_forward", "1\n");
        Write("net/ipv4/route/mtu_expires", "600\n");
        Write("net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
        Write("net/ipv4/conf/all/rp_filter", "2\n");
        Write("net/ipv4/conf/default/forwarding", "0\n");
        Write("net/ipv4/conf/default/arp_ignore", "1\n");
        Write("net/ipv4/conf/default/tag", "3\n");
        Write("net/ipv4/conf/eth0.100/forwarding", "0\n");
        Write("net/ipv4/conf/eth0.100/arp_ignore", "1\n");
        Write("net/ipv4/conf/eth0.100/tag", "4\n");
        Write("net/ipv6/conf/default/accept_ra", "-1\n");
        Write("net/ipv6/conf/eth0.100/accept_ra", "-1\n");
        Write("net/netfilter/nf_conntrack_max", "262144\n");
        Write("net/netfilter/nf_log/2", "NONE\n");
        Write("net/core/default_qdisc", "fq\n");
    }

    private void Write(string path, string value)
    {
        var file = Path.Combine(_root.FullName, "sys", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, value);
    }
}
