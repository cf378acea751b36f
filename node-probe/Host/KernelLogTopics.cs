// SPDX-License-Identifier: Apache-2.0

using System.Text;
using KubeWgDiag.Diagnosis.Facts.Host;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>
/// Which lines of the kernel log are shown, by how they begin or by what stands in them. Nothing is decided by them; a line that a newer
/// kernel words differently is missing here and nothing else happens.
/// </summary>
internal static class KernelLogTopics
{
    private static readonly (KernelLogTopic Topic, string Text)[] Beginnings =
    [
        (KernelLogTopic.WireGuard, "wireguard:"),
        (KernelLogTopic.WireGuard, "wireguard "),
        (KernelLogTopic.WireGuard, "amneziawg:"),
        (KernelLogTopic.Conntrack, "nf_conntrack"),
        (KernelLogTopic.Conntrack, "nf_nat"),
        (KernelLogTopic.Neighbour, "neighbour:"),
        (KernelLogTopic.Neighbour, "neighbor "),
        (KernelLogTopic.Routing, "IPv4: martian"),
        (KernelLogTopic.Routing, "martian "),
        (KernelLogTopic.Routing, "IPv4: host "),
        (KernelLogTopic.Routing, "Route cache is full"),
        (KernelLogTopic.Device, "NETDEV WATCHDOG"),
        (KernelLogTopic.Lockup, "watchdog: BUG:"),
        (KernelLogTopic.Lockup, "watchdog: Watchdog detected hard LOCKUP"),
        (KernelLogTopic.Lockup, "rcu: INFO:"),
        (KernelLogTopic.Lockup, "INFO: rcu_"),
        (KernelLogTopic.Lockup, "INFO: task "),
        (KernelLogTopic.Lockup, "NMI watchdog:"),
        (KernelLogTopic.Bug, "BUG:"),
        (KernelLogTopic.Bug, "WARNING:"),
        (KernelLogTopic.Bug, "Oops:"),
        (KernelLogTopic.Bug, "kernel BUG at"),
        (KernelLogTopic.Bug, "general protection fault"),
        (KernelLogTopic.Bug, "refcount_t:"),
        (KernelLogTopic.Bug, "unregister_netdevice: waiting for"),
        (KernelLogTopic.Bug, "Internal error:"),
        (KernelLogTopic.OutOfMemory, "Out of memory:"),
        (KernelLogTopic.OutOfMemory, "Memory cgroup out of memory"),
        (KernelLogTopic.OutOfMemory, "oom-kill:"),
        (KernelLogTopic.Module, "Lockdown:"),
        (KernelLogTopic.Module, "Loading of "),
        (KernelLogTopic.Module, "PKCS#7 signature not signed with a trusted key"),
        (KernelLogTopic.Clock, "clocksource:"),
        (KernelLogTopic.Clock, "tsc:"),
        (KernelLogTopic.Clock, "timekeeping watchdog"),
        (KernelLogTopic.Suspend, "PM: suspend"),
        (KernelLogTopic.Suspend, "PM: hibernation"),
    ];

    private static readonly (KernelLogTopic Topic, string Text)[] Parts =
    [
        (KernelLogTopic.WireGuard, " wireguard"),
        (KernelLogTopic.WireGuard, "[wireguard]"),
        (KernelLogTopic.Device, "NIC Link is "),
        (KernelLogTopic.Device, "Link is Down"),
        (KernelLogTopic.Device, "Link is Up"),
        (KernelLogTopic.Device, "Link is down"),
        (KernelLogTopic.Device, "Link is up"),
        (KernelLogTopic.Device, "link is not ready"),
        (KernelLogTopic.Device, "Unit Hang"),
        (KernelLogTopic.Device, "Reset adapter"),
        (KernelLogTopic.Device, "transmit queue "),
        (KernelLogTopic.Device, "possible loop detected"),
        (KernelLogTopic.Device, "bad gso"),
        (KernelLogTopic.Module, ": module verification failed"),
        (KernelLogTopic.Module, ": loading out-of-tree module"),
        (KernelLogTopic.Module, ": disagrees about version of symbol"),
        (KernelLogTopic.Module, ": Unknown symbol "),
    ];

    /// <summary>Words by which a driver's own line, which names its device, is worth showing.</summary>
    private static readonly string[] Troubles = ["timeout", "timed out", "reset", "fail", "error", "hang", "hung", "firmware"];

    /// <summary>What a line is about; null for one that is not shown.</summary>
    /// <param name="text">The message.</param>
    /// <param name="network">The record says that it is about a network device.</param>
    public static KernelLogTopic? Of(string text, bool network)
    {
        foreach (var (topic, start) in Beginnings)
        {
            if (text.StartsWith(start, StringComparison.Ordinal)) return topic;
        }

        foreach (var (topic, part) in Parts)
        {
            if (text.Contains(part, StringComparison.Ordinal)) return topic;
        }

        return network && Array.Exists(Troubles, word => text.Contains(word, StringComparison.OrdinalIgnoreCase)) ? KernelLogTopic.Device : null;
    }

    /// <summary>A line as it may be shown: what does not print as \xNN, what has the form of a WireGuard key (44 characters of base64) replaced.</summary>
    public static string Shown(string text, int most)
    {
        var shown = new StringBuilder(Math.Min(text.Length, most));
        for (var i = 0; i < text.Length && shown.Length < most; i++)
        {
            if (KeyLength(text.AsSpan(i)) is var key and > 0)
            {
                shown.Append("[key]");
                i += key - 1;
            }
            else if (text[i] is >= ' ' and <= '~')
            {
                shown.Append(text[i]);
            }
            else
            {
                shown.Append("\\x").Append(((int)text[i]).ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return shown.ToString();
    }

    // Runs of base64 or hexadecimal that are as long as a key of 32 bytes; the rest of a longer run goes with it.
    private static int KeyLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '+' or '/')) length++;
        if (length < 43) return 0;
        return length < text.Length && text[length] == '=' ? length + 1 : length;
    }
}
