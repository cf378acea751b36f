// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Host;

namespace KubeWgDiag.NodeProbe.Tests.Host;

public sealed class SysctlFilesReaderTests
{
    [Fact]
    public void Settings_AllSpellings_AreRead() => SysctlFilesReader
        .Settings("a.conf", "# net.ipv4.ip_forward=1\n;net.ipv4.ip_forward=1\n-net/ipv4/ip_forward = 0\nnet.ipv6.conf.all.forwarding=1\nkernel.panic=10\nnet.ipv4.ip_forward\nnet.ipv4.ip_forward=yes\n")
        .Select(setting => $"{setting.Name}={setting.Value}")
        .ShouldBe(["net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=1"]);

    [Fact]
    public void Read_FilesOfTwoFolders_InTheOrderOfTheirNames()
    {
        var root = Directory.CreateTempSubdirectory("sysctl-files-");
        try
        {
            foreach (var (file, value) in new[] { ("usr/lib/sysctl.d/50-default.conf", 1), ("etc/sysctl.d/50-default.conf", 0), ("run/sysctl.d/10-early.conf", 1), ("etc/sysctl.conf", 1) })
            {
                var path = Path.Combine(root.FullName, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, $"net.ipv4.ip_forward = {value}\n");
            }

            SysctlFilesReader.Read(new HostPaths { Root = root.FullName }).Value.ShouldNotBeNull().Select(setting => $"{setting.File}={setting.Value}")
                .ShouldBe(["/run/sysctl.d/10-early.conf=1", "/etc/sysctl.d/50-default.conf=0", "/etc/sysctl.conf=1"]);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
