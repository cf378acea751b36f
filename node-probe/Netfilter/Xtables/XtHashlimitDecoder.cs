// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>The match <c>hashlimit</c> (struct xt_hashlimit_mtinfo1 to 3).</summary>
internal static class XtHashlimitDecoder
{
    private const uint Invert = 0x10;
    private const uint Bytes = 0x20;
    private const uint RateMatch = 0x40;

    public static XtHashlimit? Hashlimit(in XtInfo info, byte revision)
    {
        if (!info.Is(revision switch { 1 => 56, 2 => 304, _ => 312 })) return null;
        // Revision 1 begins with the mode and has 32-bit numbers; later ones begin with two 64-bit numbers behind a longer name.
        var configuration = revision == 1 ? 16 : 256;
        var mode = info.U32(revision == 1 ? configuration : configuration + 16);
        if (mode > 0x7f) return null;
        var rest = revision == 1 ? configuration + 12 : configuration + 20;
        var masks = rest + (revision == 3 ? 20 : 16);
        return new XtHashlimit
        {
            Revision = revision,
            Name = info.Text(0, revision == 1 ? 16 : 255),
            Mode = mode & 0x0f,
            Inverted = (mode & Invert) != 0,
            OfBytes = (mode & Bytes) != 0,
            RateMatch = (mode & RateMatch) != 0,
            Average = revision == 1 ? info.U32(configuration + 4) : info.U64(configuration),
            Burst = revision == 1 ? info.U32(configuration + 8) : info.U64(configuration + 8),
            Size = info.U32(rest),
            Max = info.U32(rest + 4),
            GcInterval = info.U32(rest + 8),
            Expire = info.U32(rest + 12),
            Interval = revision == 3 ? info.U32(rest + 16) : 0,
            SourcePrefixLength = info[masks],
            DestinationPrefixLength = info[masks + 1],
        };
    }
}
