// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.NodeProbe.Tests.Rtnetlink.Differential;

/// <summary>Neighbours in the words of <c>ip -j -s neigh</c>.</summary>
internal static class NeighbourFields
{
    public static IpJson Tool { get; } = new(
        new HashSet<string> { "dst", "dev", "lladdr", "router", "managed", "extern_learn", "offload", "proxy", "state", "used", "confirmed", "updated", "probes", "protocol" },
        new Dictionary<string, string> { ["refcnt"] = "who holds the entry in the kernel just now" },
        new HashSet<string> { "used", "confirmed", "updated" });

    public static Fields Of(NeighbourFact neighbour, IReadOnlyDictionary<int, string> names)
    {
        var flags = neighbour.Flags ?? 0;
        var fields = new Fields()
            .Put("dst", neighbour.Address)
            .Put("dev", names[neighbour.Link])
            .Put("lladdr", neighbour.LinkLayerAddress)
            .Flag("router", (flags & 128) != 0)
            .Flag("extern_learn", (flags & 16) != 0)
            .Flag("offload", (flags & 32) != 0)
            .Flag("proxy", neighbour.IsProxy)
            .Flag("managed", (neighbour.ExtendedFlags & 1) is > 0)
            .Put("protocol", neighbour.Protocol is { } protocol ? IpNames.Protocol(protocol) : null)
            .Tick("used", neighbour.UsedSeconds)
            .Tick("confirmed", neighbour.ConfirmedSeconds)
            .Tick("updated", neighbour.UpdatedSeconds);
        return neighbour.IsProxy ? fields : fields.Put("probes", neighbour.Probes ?? 0).Put("state", neighbour.State);
    }
}
