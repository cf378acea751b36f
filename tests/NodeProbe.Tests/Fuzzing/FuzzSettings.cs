// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using FsCheck;

namespace KubeWgDiag.NodeProbe.Tests.Fuzzing;

/// <summary>How much is tried and from which seed: KUBEWGDIAG_FUZZ_MESSAGES and KUBEWGDIAG_FUZZ_SEED; `make fuzz` sets both and prints them.</summary>
internal static class FuzzSettings
{
    /// <summary>Mutated messages over all netlink readers.</summary>
    public static long Messages { get; } = Number("KUBEWGDIAG_FUZZ_MESSAGES", 50_000);

    /// <summary>Where random numbers begin.</summary>
    public static long Seed { get; } = Number("KUBEWGDIAG_FUZZ_SEED", 20260101);

    /// <summary>A configuration for so many tests.</summary>
    /// <param name="tests">How many inputs.</param>
    /// <param name="salt">Makes each target's inputs its own.</param>
    public static Config For(int tests, int salt) => Config.QuickThrowOnFailure
        .WithMaxTest(tests)
        .WithReplay((ulong)(Seed + salt), 0x9E3779B97F4A7C15ul | 1)
        .WithQuietOnSuccess(true);

    private static long Number(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
