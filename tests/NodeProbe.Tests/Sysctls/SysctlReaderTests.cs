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
    public void Read_RecordedTree_GivesDottedNamesWithSlashInsideDevices()
    {
        Write("net/ipv4/ip_forward", "1\n");
        Write("net/ipv4/conf/all/rp_filter", "2\n");
        Write("net/ipv4/conf/eth0.100/forwarding", "0\n");
        Write("net/ipv6/conf/eth0.100/accept_ra", "-1\n");
        Write("net/netfilter/nf_conntrack_max", "262144\n");
        Write("net/ipv4/tcp_mtu_probing", "abc\n");

        var reading = SysctlReader.Read(_root.FullName, ["eth0.100", "..", "a/b"], TestDeadline.Far);

        reading.Value.ShouldNotBeNull().ShouldBe(
            new Dictionary<string, long>
            {
                ["net.ipv4.conf.all.rp_filter"] = 2,
                ["net.ipv4.conf.eth0/100.forwarding"] = 0,
                ["net.ipv4.ip_forward"] = 1,
                ["net.ipv6.conf.eth0/100.accept_ra"] = -1,
                ["net.netfilter.nf_conntrack_max"] = 262144,
            },
            ignoreOrder: true);
        reading.Unknown.ShouldBe(1);
    }

    [Fact]
    public void Read_WithoutProcSys_IsNotPresent() =>
        SysctlReader.Read(_root.FullName, [], TestDeadline.Far).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.NotPresent);

    [Fact]
    public void Read_MoreDevicesThanTheLimit_SaysSo()
    {
        Write("net/ipv4/ip_forward", "1\n");
        var devices = Enumerable.Range(0, SysctlReader.MaxDevices + 1).Select(i => $"veth{i}").ToList();
        SysctlReader.Read(_root.FullName, devices, TestDeadline.Far).Cut.ShouldBe("sysctls: only those of the first 1024 of 1025 devices");
    }

    [Fact]
    public void Read_AfterTheDeadline_IsTimedOut()
    {
        Write("net/ipv4/ip_forward", "1\n");
        var over = new Deadline(TimeProvider.System, TimeSpan.Zero, CancellationToken.None);
        SysctlReader.Read(_root.FullName, [], over).NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
    }

    private void Write(string path, string value)
    {
        var file = Path.Combine(_root.FullName, "sys", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, value);
    }
}
