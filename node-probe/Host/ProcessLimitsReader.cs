// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>Finds the userspace tunnel processes and the probe, and reads the limits of their control groups.</summary>
internal static class ProcessLimitsReader
{
    /// <summary>Most processes whose groups are read.</summary>
    private const int MaxProcesses = 64;

    /// <summary>Most groups looked at from a process upwards.</summary>
    private const int MaxLevels = 12;

    /// <summary>comm of programs that encrypt in user space, cut at 15 bytes as the kernel does.</summary>
    private static readonly HashSet<string> Tunnels = new(StringComparer.Ordinal)
    {
        "wireguard-go", "wireguard", "boringtun", "boringtun-cli", "gotatun", "amneziawg-go", "tailscaled", "netbird", "netclient", "firezone-client",
        "firezone-gatewa", "onetun", "wg-access-serve", "wireproxy", "flanneld", "calico-node", "cilium-agent", "kg", "kilo", "antrea-agent", "submariner-gate",
    };

    public static Reading<IReadOnlyList<ProcessLimitsFact>> Read(HostPaths paths, int probe, Deadline deadline)
    {
        var processes = ProcessFinder.Find(paths.Proc, Tunnels, deadline).Where(process => process.Id != probe).ToList();
        var facts = processes.Take(MaxProcesses).Select(process => Of(paths, process, isProbe: false)).ToList();
        facts.Add(Of(paths, new HostProcess(probe, HostFile.Line(paths.Proc, "self", "comm") ?? "probe"), isProbe: true));
        return Reading<IReadOnlyList<ProcessLimitsFact>>.Of(facts, seen: processes.Count > MaxProcesses ? processes.Count + 1 : null);
    }

    private static ProcessLimitsFact Of(HostPaths paths, HostProcess process, bool isProbe)
    {
        var id = process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var file = FileBytes.Read(Path.Combine(paths.Proc, isProbe ? "self" : id, "cgroup"), 64 * 1024);
        if (file.Errno != 0) return Without(process, isProbe, new NotAvailable(HostFile.ReasonOf(file.Errno), Errno.NameOf(file.Errno)));
        var own = Path.Combine(paths.Proc, isProbe ? "self" : id, "root");
        var levels = LevelsOf(file.Text, paths, own);
        return levels.Count > 0
            ? new ProcessLimitsFact(process.Name, process.Id, isProbe, levels)
            : Without(process, isProbe, new NotAvailable(NotAvailableReason.NotPresent, "no control group file system shows its groups"));
    }

    private static ProcessLimitsFact Without(HostProcess process, bool isProbe, NotAvailable why) => new(process.Name, process.Id, isProbe, [], why);

    // Lines ID:CONTROLLERS:PATH; version 2 has ID 0 and no controllers.
    private static List<CgroupFact> LevelsOf(string text, HostPaths paths, string processRoot)
    {
        var levels = new List<CgroupFact>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(':', 3);
            if (fields.Length != 3) continue;
            var controllers = fields[1].Split(',');
            if (fields[0] == "0" && fields[1].Length == 0) AddLevels(levels, paths, processRoot, ["", "/unified"], "cgroup.controllers", fields[2], CgroupFiles.ReadV2);
            if (controllers.Contains("cpu")) AddLevels(levels, paths, processRoot, ["/cpu", "/cpu,cpuacct"], "cpu.shares", fields[2], CgroupFiles.ReadCpuV1);
            if (controllers.Contains("memory")) AddLevels(levels, paths, processRoot, ["/memory"], "memory.usage_in_bytes", fields[2], CgroupFiles.ReadMemoryV1);
        }

        return levels;
    }

    // A path with dot-dot leads out of the probe's cgroup namespace. The process's own root then shows its container's group as the whole.
    private static void AddLevels(
        List<CgroupFact> levels, HostPaths paths, string processRoot, string[] mounts, string sign, string path, Func<string, string, CgroupFact> read)
    {
        var outside = path.Contains("..", StringComparison.Ordinal);
        string[] bases = outside ? [$"{processRoot}/sys/fs/cgroup"] : [$"{HostRoot.Of(paths)}/sys/fs/cgroup", $"{paths.Sys}/fs/cgroup"];
        var start = outside || path == "/" ? string.Empty : path;
        foreach (var mount in bases.SelectMany(root => mounts.Select(name => root + name)))
        {
            if (FileBytes.Read($"{mount}{start}/{sign}", 4096).Errno != 0) continue;
            var above = start;
            for (var i = 0; i < MaxLevels; i++)
            {
                var group = read(mount, above);
                if (i == 0 || CgroupFiles.IsLimited(group)) levels.Add(group);
                var slash = above.LastIndexOf('/');
                if (slash < 0) break;
                above = above[..slash];
            }

            return;
        }
    }
}
