// SPDX-License-Identifier: Apache-2.0

using System.Text.Json;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Net;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Addresses in the words of <c>ip -j -d addr</c>.</summary>
internal static class AddressFields
{
    private static readonly (uint Bit, string Name)[] Flags =
    [
        (0x2, "nodad"), (0x4, "optimistic"), (0x8, "dadfailed"), (0x10, "home"), (0x20, "deprecated"), (0x40, "tentative"), (0x100, "mngtmpaddr"),
        (0x200, "noprefixroute"), (0x400, "autojoin"), (0x800, "stable-privacy"),
    ];

    private static readonly IpJson Tool = new(
        new HashSet<string>(Flags.Select(flag => flag.Name))
        {
            "family", "local", "prefixlen", "scope", "label", "valid_life_time", "preferred_life_time", "secondary", "temporary", "dynamic", "metric",
            "broadcast", "address",
        },
        new Dictionary<string, string>(),
        new HashSet<string> { "valid_life_time", "preferred_life_time" });

    /// <summary>The addresses in a document of links.</summary>
    public static IReadOnlyList<Fields> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. from link in document.RootElement.EnumerateArray()
               from address in link.GetProperty("addr_info").EnumerateArray()
               where address.EnumerateObject().Any()
               select Tool.Record(address).Put("ifindex", link.GetProperty("ifindex")),
        ];
    }

    public static Fields Of(AddressFact address)
    {
        var flags = address.Flags!.Value;
        var isV4 = address.Address.Family == IpFamily.IPv4;
        var fields = new Fields()
            .Put("ifindex", address.Link)
            .Put("family", isV4 ? "inet" : "inet6")
            .Put("local", address.Address)
            .Put("prefixlen", address.PrefixLength)
            .Put("scope", IpNames.Scope(address.Scope))
            .Put("label", address.Label)
            .Put("metric", address.Metric)
            .Put("broadcast", address.Broadcast)
            .Put("address", address.Peer)
            .Tick("valid_life_time", address.ValidSeconds ?? uint.MaxValue)
            .Tick("preferred_life_time", address.PreferredSeconds ?? uint.MaxValue)
            .Put("dynamic", (flags & 0x80) == 0 ? true : null)
            .Put(isV4 ? "secondary" : "temporary", (flags & 0x1) != 0 ? true : null);
        foreach (var (bit, name) in Flags) fields.Put(name, (flags & bit) != 0 ? true : null);
        return fields;
    }
}
