// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Simulation;

/// <summary>Randomness that a text determines, the same in every process.</summary>
internal static class SeededRandom
{
    public static Random Of(string text)
    {
        // FNV-1a: string.GetHashCode differs from process to process.
        uint hash = 2166136261;
        foreach (char letter in text)
            hash = unchecked((hash ^ letter) * 16777619);
        return new Random(unchecked((int)hash));
    }
}
