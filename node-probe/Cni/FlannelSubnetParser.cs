// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Cni;

namespace KubeWgDiag.NodeProbe.Cni;

/// <summary>flannel's subnet.env: lines NAME=VALUE that flanneld writes for its CNI plugin.</summary>
internal static class FlannelSubnetParser
{
    private const int MaxPrefixes = 16;

    /// <summary>Null when no line is of the expected form.</summary>
    public static FlannelSubnetFact? Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var parts = line.Trim().Split('=', 2);
            if (parts.Length == 2 && parts[0].StartsWith("FLANNEL_", StringComparison.Ordinal)) values[parts[0]] = parts[1].Trim('"');
        }

        if (values.Count == 0) return null;
        return new FlannelSubnetFact(
            Prefixes(values, "FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"),
            Prefixes(values, "FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"),
            int.TryParse(values.GetValueOrDefault("FLANNEL_MTU"), NumberStyles.None, CultureInfo.InvariantCulture, out var mtu) ? mtu : null,
            values.GetValueOrDefault("FLANNEL_IPMASQ") switch { "true" => true, "false" => false, _ => null });
    }

    // Several networks are separated by commas.
    private static IReadOnlyList<string> Prefixes(Dictionary<string, string> values, params string[] names) =>
    [
        .. names.SelectMany(name => (values.GetValueOrDefault(name) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries))
            .Where(prefix => prefix.Length <= 64).Take(MaxPrefixes),
    ];
}
