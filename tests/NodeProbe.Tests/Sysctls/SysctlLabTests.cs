// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using System.Globalization;
using KubeWgDiag.NodeProbe.Sysctls;
using KubeWgDiag.NodeProbe.Tests.Namespaces;
using KubeWgDiag.NodeProbe.Tests.Netlink;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Sysctls;

/// <summary>The reader against sysctl(8) in one namespace with odd names and values.</summary>
public sealed class SysctlLabTests(ITestOutputHelper output)
{
    private static readonly string[] Pairs = ["v.100", "a+b", "x=y", "..dots", "-dash", "ümlaut", "con", "v0.1.2.3"];

    [SkippableFact]
    public void Read_NastyNamespace_IsWhatSysctlSays()
    {
        LabNamespace.SkipIfImpossible();
        Skip.IfNot(File.Exists("/usr/sbin/sysctl") || File.Exists("/sbin/sysctl"), "needs sysctl (procps)");
        using var lab = new LabNamespace();
        for (var i = 0; i < Pairs.Length; i++) lab.Shell($"ip link add name '{Pairs[i]}' type veth peer name 'p{i}'");
        lab.Shell("""
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 2 > /proc/sys/net/ipv4/conf/all/rp_filter
            echo 1 > /proc/sys/net/ipv4/conf/v.100/arp_ignore
            echo 0 > '/proc/sys/net/ipv4/conf/..dots/forwarding'
            echo 1 > '/proc/sys/net/ipv4/conf/a+b/src_valid_mark'
            echo 1400 > /proc/sys/net/ipv6/conf/v0.1.2.3/mtu
            echo -1 > '/proc/sys/net/ipv6/conf/-dash/accept_dad'
            echo 77 > '/proc/sys/net/ipv4/neigh/x=y/gc_stale_time'
            echo 4096 5000 600000 > /proc/sys/net/ipv4/tcp_rmem
            echo 8080,9000-9100 > /proc/sys/net/ipv4/ip_local_reserved_ports
            """);

        var devices = lab.Shell("ls -A /proc/sys/net/ipv4/conf").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToList();
        var values = lab.Run(() => SysctlReader.Read("/proc", devices, SysctlScope.Whole, TestDeadline.Far).Value).ShouldNotBeNull();
        var ours = Expand(values, devices);

        // Counts move while the tests run; the other names are kept from the facts on purpose, or are older names for the same value.
        string[] moving = ["net.netfilter.nf_conntrack_count"];
        string[] deprecated = ["base_reachable_time", "retrans_time"];
        var theirs = lab.Shell("sysctl -a 2>/dev/null").Split('\n').Where(line => line.StartsWith("net.", StringComparison.Ordinal))
            .Select(line => line.Split(" = ", 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1].Trim());
        theirs.Count.ShouldBeGreaterThan(2000);
        foreach (var (name, value) in theirs)
        {
            var leaf = name[(name.LastIndexOf('.') + 1)..];
            if (SysctlNames.IsWithheld(leaf)) ours.ShouldNotContainKey(name);
            else if (!moving.Contains(name)) ours.GetValueOrDefault(name).ShouldBe(value, name);
        }

        ours.Keys.Where(name => !theirs.ContainsKey(name) && !deprecated.Contains(name[(name.LastIndexOf('.') + 1)..])).ShouldBeEmpty();
        output.WriteLine($"{theirs.Count} names equal; facts hold {values.Numbers.Count + values.Texts.Count}");
    }

    [SkippableFact]
    public void Read_HundredsOfDevices_StaysFast()
    {
        LabNamespace.SkipIfImpossible();
        using var lab = new LabNamespace();
        lab.Shell("for i in $(seq 150); do echo link add name h$i type veth peer name p$i; done | ip -batch -");
        var devices = lab.Shell("ls -A /proc/sys/net/ipv4/conf").Split('\n', StringSplitOptions.RemoveEmptyEntries).ToList();
        var (elapsed, count) = lab.Run(() =>
        {
            _ = SysctlReader.Read("/proc", devices, SysctlScope.Whole, TestDeadline.Far);
            var watch = Stopwatch.StartNew();
            var values = SysctlReader.Read("/proc", devices, SysctlScope.Whole, TestDeadline.Far).Value!;
            return (watch.Elapsed, values.Numbers.Count + values.Texts.Count);
        });
        output.WriteLine($"{devices.Count} devices: {elapsed.TotalMilliseconds:F0} ms, {count} values kept");
        // No measurement, only a fence: opening each file by its whole path with exceptions for absent ones took ten times as long.
        elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    /// <summary>Undoes what the facts leave out: a device's value that is absent is that of <c>default</c>, for neigh that of <c>lo</c>.</summary>
    private static Dictionary<string, string> Expand(SysctlValues values, List<string> devices)
    {
        var all = values.Numbers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, text) in values.Texts) all[name] = text;
        foreach (var (name, value) in all.ToList())
        {
            var parts = name.Split('.');
            if (parts.Length != 5 || parts[3] != (parts[2] == "neigh" ? "lo" : "default")) continue;
            foreach (var device in devices.Where(device => device is not ("all" or "default")))
            {
                var own = $"{parts[0]}.{parts[1]}.{parts[2]}.{device.Replace('.', '/')}.{parts[4]}";
                all.TryAdd(own, value);
            }
        }

        return all;
    }
}
