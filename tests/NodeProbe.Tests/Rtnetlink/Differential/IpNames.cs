// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Numbers by the names that iproute2 gives them (/etc/iproute2).</summary>
internal static class IpNames
{
    private static readonly Dictionary<uint, string> Tables = new() { [0] = "unspec", [253] = "default", [254] = "main", [255] = "local" };

    private static readonly Dictionary<byte, string> Protocols =
        new() { [0] = "unspec", [1] = "redirect", [2] = "kernel", [3] = "boot", [4] = "static", [9] = "ra", [16] = "dhcp" };

    private static readonly Dictionary<byte, string> Scopes = new() { [0] = "global", [200] = "site", [253] = "link", [254] = "host", [255] = "nowhere" };

    private static readonly (uint Bit, string Name)[] HopFlags =
        [(1, "dead"), (4, "onlink"), (2, "pervasive"), (8, "offload"), (64, "trap"), (16, "linkdown"), (32, "unresolved")];

    public static string Table(uint table) => Tables.GetValueOrDefault(table, Number(table));

    public static string Protocol(byte protocol) => Protocols.GetValueOrDefault(protocol, Number(protocol));

    public static string Scope(byte scope) => Scopes.GetValueOrDefault(scope, Number(scope));

    public static string Group(uint group) => group == 0 ? "default" : Number(group);

    public static IEnumerable<string> FlagsOfHop(uint flags) => HopFlags.Where(flag => (flags & flag.Bit) != 0).Select(flag => flag.Name);

    /// <summary>A destination: the default by its word, a host without its length.</summary>
    public static string Destination(IpPrefix prefix) => prefix.IsDefault ? "default" : prefix.IsHost ? prefix.Network.ToString() : prefix.ToString();

    public static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
