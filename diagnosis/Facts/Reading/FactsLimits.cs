// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Diagnosis.Facts.Reading;

/// <summary>How much a JSON text of facts may hold, whatever its fields are called.</summary>
/// <param name="Depth">Levels of objects and lists.</param>
/// <param name="StringLength">Characters of one string or field name.</param>
/// <param name="Items">Entries of one list or fields of one object.</param>
/// <param name="PlainText">Refuses control characters, direction marks and broken Unicode.</param>
public sealed record FactsLimits(int Depth, int StringLength, int Items, bool PlainText)
{
    /// <summary>
    /// What a node reports to an operator: nothing that a kernel says in one string is longer, and lists of this length are what 256 KiB hold of the
    /// smallest records.
    /// </summary>
    public static FactsLimits Report { get; } = new(Depth: 32, StringLength: 4096, Items: 20_000, PlainText: true);

    /// <summary>A file that a person gives: names of devices may be odd there, because what is printed of them is cleaned.</summary>
    public static FactsLimits File { get; } = new(Depth: 64, StringLength: 1 << 20, Items: int.MaxValue, PlainText: false);
}
