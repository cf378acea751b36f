// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts.Host;
using KubeWgDiag.NodeProbe.Collection;

namespace KubeWgDiag.NodeProbe.Host;

/// <summary>/proc/cpuinfo: models and the features that fast encryption uses.</summary>
internal static class CpuReader
{
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>
    /// x86: what the kernel's ChaCha20-Poly1305, Curve25519 and AES code and Go's crypto ask for before they take the fast path.
    /// </summary>
    private static readonly string[] WantedX86 =
        ["ssse3", "sse4_1", "aes", "pclmulqdq", "avx", "avx2", "bmi2", "adx", "avx512f", "avx512vl", "avx512bw", "vaes", "vpclmulqdq"];

    /// <summary>arm64 and 32-bit ARM name theirs differently.</summary>
    private static readonly string[] WantedArm64 = ["asimd", "aes", "pmull", "sha2"];

    private static readonly string[] WantedArm = ["neon", "vfpv4", "aes", "pmull"];

    public static Reading<CpuFact> Read(HostPaths paths, string architecture) =>
        HostFile.Read<CpuFact>(Path.Combine(paths.Proc, "cpuinfo"), MaxBytes, (string text, ref int unknown) => Parse(text, architecture, ref unknown));

    public static CpuFact? Parse(string text, string architecture, ref int unknown)
    {
        var models = new SortedSet<string>(StringComparer.Ordinal);
        HashSet<string>? common = null;
        var (count, implementer) = (0, string.Empty);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].TrimEnd())
            {
                case "processor":
                    // 32-bit ARM says "processor" once more with a name.
                    if (value.Length > 0 && char.IsAsciiDigit(value[0])) count++;
                    break;
                case "model name" or "cpu model":
                    models.Add(value);
                    break;
                case "CPU implementer":
                    implementer = value;
                    break;
                case "CPU part":
                    models.Add($"implementer {implementer} part {value}");
                    break;
                case "flags" or "Features" or "features":
                    var features = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                    if (common is null) common = new HashSet<string>(features, StringComparer.Ordinal);
                    else common.IntersectWith(features);
                    break;
            }
        }

        if (count == 0) return null;
        if (common is null) unknown++;
        var wanted = WantedOf(architecture);
        return new CpuFact(
            architecture,
            [.. models],
            count,
            [.. wanted.Where(feature => common?.Contains(feature) == true)],
            common is null ? [] : [.. wanted.Where(feature => !common.Contains(feature))],
            IsX86(architecture) ? common?.Contains("hypervisor") : null);
    }

    private static bool IsX86(string architecture) => architecture is "x86_64" or "i386" or "i486" or "i586" or "i686";

    private static string[] WantedOf(string architecture) =>
        IsX86(architecture) ? WantedX86 : architecture is "aarch64" ? WantedArm64 : architecture.StartsWith("arm", StringComparison.Ordinal) ? WantedArm : [];
}
