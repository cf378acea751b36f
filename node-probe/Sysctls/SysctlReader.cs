// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Sysctls;

/// <summary>
/// Reads the sysctls of the network. /proc/sys/net shows the namespace of the calling thread, so this runs on the thread that entered it.
/// Of a device's settings those stand in the facts that verdicts read, and of the rest those that differ from <c>default</c>: a node with
/// a thousand devices has a hundred thousand files here that all say the same.
/// </summary>
internal static class SysctlReader
{
    /// <summary>The most devices whose own sysctls are read; each costs up to 130 small files, about half a millisecond.</summary>
    public const int MaxDevices = 1024;

    /// <summary>Most files of one folder; net.ipv4 has the most with about 200.</summary>
    private const int MaxNames = 4096;

    /// <summary>Deepest folder below /proc/sys/net that is looked into.</summary>
    private const int MaxDepth = 4;

    /// <summary>Longest value; longer ones are bitmaps of reserved ports and the like.</summary>
    private const int ValueBytes = 1024;

    /// <summary>Reads them for <c>all</c>, <c>default</c> and these devices; those that the kernel does not have are left out.</summary>
    public static Reading<SysctlValues> Read(string procRoot, IReadOnlyList<string> devices, SysctlScope scope, Deadline deadline)
    {
        var path = Path.Combine(procRoot, "sys", "net");
        var errno = Folder.TryOpen(path, out var root);
        if (root is null) return Reading<SysctlValues>.None(ReasonOf(errno), $"{path}: {Errno.NameOf(errno)}");
        using (root)
        {
            var values = new SysctlValues();
            if (scope == SysctlScope.Whole) Walk(root, "net", 0, values);
            else ReadDeciding(root, values);
            var cut = ReadDevices(root, devices, scope, values, deadline);
            return Reading<SysctlValues>.Of(values, unknown: values.Unknown, cut: cut);
        }
    }

    private static NotAvailableReason ReasonOf(int errno) => errno switch
    {
        Errno.NoEntry => NotAvailableReason.NotPresent,
        Errno.NotPermitted or Errno.AccessDenied => NotAvailableReason.NotPermitted,
        _ => NotAvailableReason.Failed,
    };

    /// <summary>Everything but conf and neigh, which have one folder for each device.</summary>
    private static void Walk(Folder folder, string prefix, int depth, SysctlValues values)
    {
        if (folder.List(MaxNames, out var entries) != 0)
        {
            values.Unknown++;
            return;
        }

        foreach (var entry in entries)
        {
            if (SysctlNames.IsWithheld(entry.Name)) continue;
            var name = Folder.ZeroEnded(entry.Name);
            if (!entry.IsFolder) ReadOne(folder, name, $"{prefix}.{entry.Name}", values);
            else if (depth < MaxDepth && !IsPerDevice(prefix, entry.Name) && folder.TryOpen(name, out var inner) == 0)
                using (inner) Walk(inner!, $"{prefix}.{entry.Name}", depth + 1, values);
        }
    }

    private static bool IsPerDevice(string prefix, string name) => prefix is "net.ipv4" or "net.ipv6" && name is "conf" or "neigh";

    private static void ReadDeciding(Folder root, SysctlValues values)
    {
        foreach (var name in SysctlNames.DecidingGlobal) ReadOne(root, Folder.ZeroEnded(name["net.".Length..].Replace('.', '/')), name, values);
    }

    private static void ReadOne(Folder folder, ReadOnlySpan<byte> file, string name, SysctlValues values)
    {
        Span<byte> buffer = stackalloc byte[ValueBytes];
        switch (folder.ReadOnce(file, buffer, out var length))
        {
            case 0 when length < ValueBytes:
                values.Add(name, SysctlValues.Trim(buffer[..length]));
                break;
            case Errno.NoEntry:
                break;
            default:
                values.Unknown++;
                break;
        }
    }

    /// <summary>Reads conf and neigh of both families; returns what was left out.</summary>
    private static string? ReadDevices(Folder root, IReadOnlyList<string> devices, SysctlScope scope, SysctlValues values, Deadline deadline)
    {
        List<DeviceSysctls> groups = [];
        try
        {
            Open(root, "ipv4", "conf", SysctlNames.AlwaysV4, SysctlNames.DecidingV4, scope, groups);
            Open(root, "ipv6", "conf", SysctlNames.AlwaysV6, SysctlNames.DecidingV6, scope, groups);
            if (scope == SysctlScope.Whole)
            {
                Open(root, "ipv4", "neigh", [], [], scope, groups);
                Open(root, "ipv6", "neigh", [], [], scope, groups);
            }

            foreach (var group in groups) group.ReadShared(values);
            for (var i = 0; i < Math.Min(devices.Count, MaxDevices); i++)
            {
                deadline.Token.ThrowIfCancellationRequested();
                if (deadline.Expired) return $"sysctls: only those of the first {i} of {devices.Count} devices in the time given";
                foreach (var group in groups) group.ReadDevice(devices[i], values);
            }
        }
        finally
        {
            foreach (var group in groups) group.Dispose();
        }

        return devices.Count > MaxDevices ? $"sysctls: only those of the first {MaxDevices} of {devices.Count} devices" : null;
    }

    private static void Open(Folder root, string family, string kind, string[] always, string[] deciding, SysctlScope scope, List<DeviceSysctls> groups)
    {
        if (root.TryOpenNamed($"{family}/{kind}", out var folder) == 0)
            groups.Add(new DeviceSysctls(folder!, $"net.{family}.{kind}.", always, scope == SysctlScope.Whole ? null : deciding));
    }
}
