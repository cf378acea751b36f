// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.Diagnosis.Mesh;

namespace KubeWgDiag.Diagnosis.Cni;

/// <summary>
/// wg-quick (src/wg-quick/linux.bash of wireguard-tools): names are the user's. A full tunnel has a mark and a table of the same number from 51820 on, two rules and
/// an nf_tables table named after the device. A split tunnel leaves nothing that only wg-quick would.
/// </summary>
internal static class WgQuickProfile
{
    /// <summary>The first number that it tries for mark and table.</summary>
    private const uint FirstTable = 51820;

    /// <summary>It takes the next free one; nobody has more full tunnels than this.</summary>
    private const uint LastTable = FirstTable + 64;

    public static CniProfile Value { get; } = new()
    {
        Name = "wg-quick",
        IsItsRule = IsItsRule,
        Mtu = new(80, 80),
        Normal = NormalBehaviour.CatchAll,
        OwnSign = OwnTable,
    };

    private static bool IsItsRule(RuleFact rule, WireGuardDeviceFact device) =>
        rule is { Invert: true, Mark: >= FirstTable and <= LastTable and var mark } && mark == rule.Table && mark == device.FirewallMark;

    // A file alone is weaker than the table: people copy files, and names of other programs with them.
    private static string? OwnTable(DeviceView device)
    {
        var name = $"wg-quick-{device.RawName}";
        if (Safe.List(device.Namespace.Facts.Netfilter?.Value?.Tables).Any(table => table.Name == name)) return $"nf_tables table {DisplayText.Name(name)}";
        return CniProfiles.All.Any(profile => profile.Devices.Contains(device.RawName, StringComparer.Ordinal))
            ? null
            : Outer.Configs(device).FirstOrDefault(config => config.Manager == NetworkManagerKind.WgQuick) is { } file ? $"{DisplayText.Name(file.Source)} describes it" : null;
    }
}
