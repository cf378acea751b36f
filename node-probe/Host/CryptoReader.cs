// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>/proc/crypto: which implementations of WireGuard's primitives the kernel registered.</summary>
internal static class CryptoReader
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly string[] Primitives = ["chacha20", "poly1305", "blake2s", "curve25519"];

    public static Reading<IReadOnlyList<CryptoDriverFact>> Read(HostPaths paths) =>
        HostFile.Read<IReadOnlyList<CryptoDriverFact>>(Path.Combine(paths.Proc, "crypto"), MaxBytes, Parse);

    public static IReadOnlyList<CryptoDriverFact>? Parse(string text, ref int unknown)
    {
        var drivers = new List<CryptoDriverFact>();
        var known = false;
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0) fields[line[..colon].Trim()] = line[(colon + 1)..].Trim();
                else unknown++;
            }

            if (!fields.TryGetValue("name", out var name) || !fields.TryGetValue("driver", out var driver))
            {
                unknown++;
                continue;
            }

            known = true;
            if (!Array.Exists(Primitives, primitive => name.Contains(primitive, StringComparison.Ordinal))) continue;
            drivers.Add(new CryptoDriverFact(
                name,
                driver,
                fields.GetValueOrDefault("selftest") == "passed",
                fields.GetValueOrDefault("module"),
                int.TryParse(fields.GetValueOrDefault("priority"), NumberStyles.None, CultureInfo.InvariantCulture, out var priority) ? priority : null));
        }

        return known ? drivers : null;
    }
}
