// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard.Placement;

/// <summary>Which network namespaces have a TUN device of a name.</summary>
/// <param name="Tuns">Names of the TUN devices by the id of their namespace.</param>
internal sealed record TunSpaces(IReadOnlyDictionary<string, IReadOnlyList<string>> Tuns)
{
    /// <summary>Nobody looked.</summary>
    public static TunSpaces None { get; } = new(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));

    /// <summary>Ids of the namespaces that have one.</summary>
    public IReadOnlyList<string> With(string device) =>
        [.. Tuns.Where(space => space.Value.Contains(device, StringComparer.Ordinal)).Select(space => space.Key).Order(StringComparer.Ordinal)];
}
