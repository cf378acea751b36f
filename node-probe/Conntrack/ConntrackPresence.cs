// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Conntrack;

/// <summary>
/// Decides from files whether the kernel may be asked about connection tracking. A question to ctnetlink makes the kernel load the modules it
/// needs for the answer, and a reader changes nothing: what is not loaded is not there.
/// </summary>
internal static class ConntrackPresence
{
    private const string Tracker = "nf_conntrack";
    private const string Netlink = "nf_conntrack_netlink";

    /// <summary>The folder of the settings of the calling thread's namespace; it is there exactly when nf_conntrack is.</summary>
    public static string SettingsFolder(string procRoot) => Path.Combine(procRoot, "sys", "net", "netfilter");

    /// <summary>Why there is no connection tracking; null when there is.</summary>
    public static NotAvailable? MissingTracker(string procRoot) =>
        File.Exists(Path.Combine(SettingsFolder(procRoot), "nf_conntrack_count"))
            ? null
            : new NotAvailable(NotAvailableReason.NotPresent, "the kernel does not track connections: nf_conntrack is not loaded");

    /// <summary>
    /// Why ctnetlink is not asked; null when asking loads nothing. A kernel without /proc/modules has everything built in, and where
    /// nf_conntrack is built in and not listed, nf_conntrack_netlink may be either: then the list decides only if it has it.
    /// </summary>
    public static NotAvailable? MissingNetlink(string procRoot)
    {
        bool tracker = false, netlink = false;
        try
        {
            foreach (var line in File.ReadLines(Path.Combine(procRoot, "modules")))
            {
                var end = line.IndexOf(' ', StringComparison.Ordinal);
                var name = end < 0 ? line : line[..end];
                tracker |= name == Tracker;
                netlink |= name == Netlink;
            }
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        return tracker && !netlink
            ? new NotAvailable(NotAvailableReason.NotPresent, "the module nf_conntrack_netlink is not loaded, and asking would load it")
            : null;
    }
}
