// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts;

/// <summary>A counter that only grows, read at the start and at the end of the observation.</summary>
/// <param name="Value">Value at the end.</param>
/// <param name="Growth">End minus start of the observation; null when there was one reading only or the counter went back.</param>
public readonly record struct Counter(ulong Value, ulong? Growth = null)
{
    /// <summary>True when growth was observed; false when it was flat or not observed.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Grew => Growth > 0;

    /// <summary>Combines two readings of one counter; a counter that went back has no growth.</summary>
    public static Counter Between(ulong start, ulong end) => new(end, end >= start ? end - start : null);
}
