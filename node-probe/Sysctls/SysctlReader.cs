// SPDX-License-Identifier: Apache-2.0

using System.Buffers.Text;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>
/// Reads the sysctls that decide about forwarding, reverse path filtering, IPv6 and path MTU.
/// /proc/sys/net shows the namespace of the calling thread, so this runs on the thread that entered it.
/// </summary>
internal static class SysctlReader
{
    /// <summary>The most devices whose own sysctls are read; each costs seven small files.</summary>
    public const int MaxDevices = 1024;

    /// <summary>Longest value looked at; all of them are short numbers.</summary>
    private const int ValueBytes = 64;

    private static readonly string[] Global =
    [
        "net.ipv4.ip_forward",
        "net.ipv4.tcp_mtu_probing",
        "net.netfilter.nf_conntrack_max",
        "net.netfilter.nf_conntrack_count",
    ];

    private static readonly string[] PerDeviceV4 = ["forwarding", "rp_filter", "src_valid_mark"];
    private static readonly string[] PerDeviceV6 = ["forwarding", "force_forwarding", "disable_ipv6", "accept_ra"];

    /// <summary>Reads all of them for <c>all</c>, <c>default</c> and these devices; those that the kernel does not have are left out.</summary>
    public static Reading<IReadOnlyDictionary<string, long>> Read(string procRoot, IReadOnlyList<string> devices, Deadline deadline)
    {
        var root = Path.Combine(procRoot, "sys");
        if (!Directory.Exists(Path.Combine(root, "net")))
            return Reading<IReadOnlyDictionary<string, long>>.None(NotAvailableReason.NotPresent, $"{root}/net is not there");

        var values = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var unknown = 0;
        foreach (var name in Global) ReadOne(root, name, values, ref unknown);
        foreach (var device in devices.Take(MaxDevices).Prepend("default").Prepend("all"))
        {
            deadline.Token.ThrowIfCancellationRequested();
            if (deadline.Expired)
                return Reading<IReadOnlyDictionary<string, long>>.None(NotAvailableReason.TimedOut, "reading /proc/sys took longer than the time limit");
            // No kernel allows such a name; as a path it would lead out of the folder.
            if (device is "." or ".." || device.Contains('/', StringComparison.Ordinal)) continue;
            foreach (var leaf in PerDeviceV4) ReadOne(root, NameOf("ipv4", device, leaf), values, ref unknown);
            foreach (var leaf in PerDeviceV6) ReadOne(root, NameOf("ipv6", device, leaf), values, ref unknown);
        }

        var cut = devices.Count > MaxDevices ? $"sysctls: only those of the first {MaxDevices} of {devices.Count} devices" : null;
        return Reading<IReadOnlyDictionary<string, long>>.Of(values, unknown: unknown, cut: cut);
    }

    /// <summary>The dotted name; as sysctl(8) does, a dot of the device's name becomes a slash.</summary>
    private static string NameOf(string family, string device, string leaf) => $"net.{family}.conf.{device.Replace('.', '/')}.{leaf}";

    /// <summary>The file of a dotted name: dots and slashes change places.</summary>
    private static string PathOf(string root, string name) =>
        Path.Combine(root, string.Create(name.Length, name, static (path, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                path[i] = text[i] switch { '.' => '/', '/' => '.', var c => c };
        }));

    private static void ReadOne(string root, string name, SortedDictionary<string, long> values, ref int unknown)
    {
        Span<byte> buffer = stackalloc byte[ValueBytes];
        int length;
        try
        {
            using var file = File.OpenHandle(PathOf(root, name));
            length = RandomAccess.Read(file, buffer, 0);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }

        if (Utf8Parser.TryParse(buffer[..length].TrimEnd("\n\t "u8), out long value, out _)) values[name] = value;
        else unknown++;
    }
}
