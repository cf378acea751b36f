// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Host.Managers;

/// <summary>Whether systemd-networkd and NetworkManager run, since when, and what they may do to devices of others.</summary>
internal static class NetworkManagersReader
{
    /// <summary>comm of both, cut at 15 bytes as the kernel does.</summary>
    private const string Networkd = "systemd-network", NetworkManager = "NetworkManager";

    /// <summary>USER_HZ, which no architecture has changed for decades.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>starttime is field 22 of /proc/PID/stat; the first two end with the bracket.</summary>
    private const int StartTime = 22 - 3;

    private const int MaxLinks = 4096;

    private static readonly HashSet<string> Names = new(StringComparer.Ordinal) { Networkd, NetworkManager };
    private static readonly HashSet<string> NetworkdKeys = new(StringComparer.OrdinalIgnoreCase) { "ManageForeignRoutes", "ManageForeignRoutingPolicyRules" };
    private static readonly HashSet<string> StateKeys = new(StringComparer.OrdinalIgnoreCase) { "managed", "connection-uuid", "nm-owned" };
    private static readonly HashSet<string> ProfileKeys = new(StringComparer.OrdinalIgnoreCase) { "uuid", "external" };
    private static readonly string[] NetworkdFiles = ["/etc/systemd/networkd.conf", "/run/systemd/networkd.conf", "/usr/lib/systemd/networkd.conf"];
    private static readonly string[] NetworkdFolders = ["/etc/systemd/networkd.conf.d", "/run/systemd/networkd.conf.d", "/usr/local/lib/systemd/networkd.conf.d", "/usr/lib/systemd/networkd.conf.d"];

    private const string LinkStates = "/run/systemd/netif/links";
    private static readonly HashSet<string> LinkKeys = new(StringComparer.OrdinalIgnoreCase) { "ADMIN_STATE", "NETWORK_FILE" };
    private static readonly string[] Scripts = ["/etc/sysconfig/network-scripts"];
    private static readonly string[] DeviceStates = ["/run/NetworkManager/devices"];

    public static Reading<NetworkManagersFact> Read(HostPaths paths, Deadline deadline)
    {
        var path = HostRoot.Of(paths);
        var errno = Folder.TryOpen(path, out var root);
        if (root is null) return HostFile.Unreadable<NetworkManagersFact>(path, errno);
        using (root)
        {
            var running = ProcessFinder.Find(paths.Proc, Names, deadline);
            return Reading<NetworkManagersFact>.Of(new NetworkManagersFact
            {
                Networkd = Started(paths, running, Networkd) is var (found, at) && found ? NetworkdOf(root, at) : null,
                NetworkManager = Started(paths, running, NetworkManager) is var (there, since) && there ? new NetworkManagerFact(true, Managed(root), since) : null,
            });
        }
    }

    private static (bool Running, DateTimeOffset? At) Started(HostPaths paths, IReadOnlyList<HostProcess> running, string name)
    {
        var process = running.Where(process => process.Name == name).Select(process => (HostProcess?)process).FirstOrDefault();
        if (process is not { } one) return (false, null);
        var stat = HostFile.Line(paths.Proc, one.Id.ToString(CultureInfo.InvariantCulture), "stat");
        return (true, StartOf(stat, BootOf(FileBytes.Read(Path.Combine(paths.Proc, "stat"), 1024 * 1024).Text)));
    }

    /// <summary>When a process began, from its line of /proc; null when it does not say.</summary>
    internal static DateTimeOffset? StartOf(string? stat, DateTimeOffset? boot)
    {
        var bracket = stat?.LastIndexOf(')') ?? -1;
        if (bracket < 0 || boot is not { } since) return null;
        var fields = stat![(bracket + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartTime && long.TryParse(fields[StartTime], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks < long.MaxValue / 2
            ? since.AddSeconds(Math.Min(ticks / TicksPerSecond, int.MaxValue))
            : null;
    }

    private static DateTimeOffset? BootOf(string stat)
    {
        foreach (var line in stat.Split('\n'))
        {
            if (line.StartsWith("btime ", StringComparison.Ordinal) && uint.TryParse(line.AsSpan("btime ".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        return null;
    }

    // The main file first, then the drop-ins by name; the last word counts.
    private static NetworkdFact NetworkdOf(Folder root, DateTimeOffset? at)
    {
        var (routes, rules) = (true, true);
        var main = NetworkdFiles.Select(file => HostFiles.Read(root, file)).FirstOrDefault(file => file is not null);
        foreach (var file in HostFiles.In(root, NetworkdFolders, ".conf").Prepend(main).OfType<HostText>())
        {
            foreach (var line in IniFile.Lines(file.Text, NetworkdKeys).Where(line => line.Key.Length > 0 && line.Section == "Network"))
            {
                if (IniFile.Switch(line.Value) is not { } on) continue;
                if (line.Key.Equals("ManageForeignRoutes", StringComparison.OrdinalIgnoreCase)) routes = on;
                else rules = on;
            }
        }

        return new NetworkdFact(true, KeepsForeignRoutes: !routes, KeepsForeignRules: !rules, at, Configured(root));
    }

    // What no file of its own matches is "unmanaged" and has no file.
    private static List<int>? Configured(Folder root)
    {
        if (root.TryOpenFolderInside(LinkStates, out var folder) != 0) return null;
        folder!.Dispose();
        var links = new List<int>();
        foreach (var file in HostFiles.In(root, [LinkStates], "").Take(MaxLinks))
        {
            if (!int.TryParse(file.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) continue;
            var lines = IniFile.Lines(file.Text, LinkKeys).ToList();
            if (lines.Exists(line => line is { Key: "ADMIN_STATE", Value: "configuring" or "configured" or "failed" }) && lines.Exists(line => line is { Key: "NETWORK_FILE", Value.Length: > 0 })) links.Add(index);
        }

        links.Sort();
        return links;
    }

    // A device that it only watches ("connected (externally)") has a connection as well: one that describes what is there, and says so. Devices that it made are its own.
    private static List<int> Managed(Folder root)
    {
        var profiles = Profiles(root);
        var links = new List<int>();
        foreach (var file in HostFiles.In(root, DeviceStates, "").Take(MaxLinks))
        {
            if (!int.TryParse(file.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)) continue;
            var lines = IniFile.Lines(file.Text, StateKeys).Where(line => line.Section == "device").ToList();
            if (lines.Exists(line => line.Key == "managed" && IniFile.Switch(line.Value) == true) && lines.Exists(line => line.Key == "connection-uuid" && profiles.Contains(line.Value))
                && !lines.Exists(line => line.Key == "nm-owned" && IniFile.Switch(line.Value) == true)) links.Add(index);
        }

        links.Sort();
        return links;
    }

    // The connections that somebody wrote down, in its own format and in that of Red Hat's scripts.
    private static HashSet<string> Profiles(Folder root)
    {
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in HostFiles.In(root, TunnelConfigReader.Keyfile, ".nmconnection"))
        {
            var lines = IniFile.Lines(file.Text, ProfileKeys).ToList();
            if (!TunnelFiles.IsExternal(lines) && lines.Find(line => line is { Section: "connection" } && line.Key.Equals("uuid", StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } uuid) written.Add(uuid);
        }

        foreach (var file in HostFiles.In(root, Scripts, "").Where(file => file.Name.StartsWith("ifcfg-", StringComparison.Ordinal)))
        {
            if (IniFile.Lines(file.Text, ProfileKeys).FirstOrDefault(line => line.Key.Equals("uuid", StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } uuid) written.Add(uuid.Trim('"', '\''));
        }

        return written;
    }
}
