// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Lab.Processes;

namespace KubeWgDiag.Lab;

/// <summary>What the machine must have for a lab.</summary>
public static class Prerequisites
{
    private static readonly (string Tool, string Package)[] Tools =
    [
        ("ip", "iproute2"), ("wg", "wireguard-tools"), ("nft", "nftables"), ("ping", "iputils-ping"), ("sysctl", "procps"),
        ("unshare", "util-linux"), ("nsenter", "util-linux"), ("setsid", "util-linux"), ("sh", "dash"), ("hostname", "hostname"),
    ];

    /// <summary>Says each missing thing in one line; empty when a lab can run.</summary>
    public static async Task<IReadOnlyList<string>> MissingAsync(CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
            return ["Linux: the lab is made of Linux network namespaces"];
        var missing = Tools.Where(t => !OnPath(t.Tool)).Select(t => $"the program {t.Tool} (Debian package {t.Package})").ToList();
        if (!Environment.IsPrivilegedProcess)
            missing.Add("root: run it with sudo");
        if (missing.Count > 0)
            return missing;
        var namespaces = await Command.RunAsync(["unshare", "--net", "--mount", "--pid", "--uts", "--fork", "true"], null, null, ct);
        if (!namespaces.Succeeded)
            return [$"permission to make namespaces: {namespaces.Error.Trim()}"];
        return await KernelHasWireGuardAsync(ct) ? [] : MissingUserspace();
    }

    /// <summary>Whether the kernel can make a WireGuard device (loads the module where there is one).</summary>
    public static async Task<bool> KernelHasWireGuardAsync(CancellationToken ct) =>
        (await Command.RunAsync(["unshare", "--net", "ip", "link", "add", "wg-lab", "type", "wireguard"], null, null, ct)).Succeeded;

    private static List<string> MissingUserspace()
    {
        var missing = new List<string>();
        if (!OnPath("wireguard-go"))
            missing.Add("WireGuard: this kernel has no wireguard module, and the program wireguard-go (Debian package wireguard-go) is not there either");
        if (!File.Exists("/dev/net/tun"))
            missing.Add("/dev/net/tun: this kernel has no wireguard module, and wireguard-go needs the TUN device");
        return missing;
    }

    /// <summary>Whether a program is where a root shell would look for it.</summary>
    public static bool OnPath(string tool) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, tool)));
}
