// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>The match <c>set</c> and the target <c>SET</c> (linux/netfilter/xt_set.h). Their revision 0 is of kernels before 2.6.39 and stays unknown.</summary>
internal static class XtSetDecoder
{
    /// <summary>IPSET_INVALID_ID.</summary>
    private const ushort NoSet = ushort.MaxValue;
    private const int MaxDimensions = 6;
    private const byte Inverted = 1;
    private const byte ReturnNoMatch = 0x80;

    public static XtSet? Match(byte revision, in XtInfo info)
    {
        var size = revision switch { 1 or 2 => 4, 3 or 4 => 48, _ => -1 };
        if (size < 0 || !info.Is(size) || info[2] > MaxDimensions) return null;
        var flags = size == 48 ? info.U32(40) : 0;
        if ((flags & ~0xb8u) != 0) return null;
        return new XtSet
        {
            Index = info.U16(0),
            Sources = Sources(info[2], info[3]),
            Inverted = (info[3] & Inverted) != 0,
            ReturnNoMatch = (info[3] & ReturnNoMatch) != 0 || (flags & 0x80) != 0,
            SkipCounterUpdate = (flags & 8) != 0,
            SkipSubcounterUpdate = (flags & 0x10) != 0,
            Packets = size == 48 ? Counter(info, 8, revision) : null,
            Bytes = size == 48 ? Counter(info, 24, revision) : null,
        };
    }

    public static XtSetTarget? Target(byte revision, in XtInfo info)
    {
        var size = revision switch { 1 => 8, 2 => 16, 3 => 20, _ => -1 };
        if (size < 0 || !info.Is(size) || info[2] > MaxDimensions || info[6] > MaxDimensions) return null;
        if (revision == 3 && info[10] > MaxDimensions) return null;
        var rest = revision == 3 ? 12 : 8;
        var flags = revision == 1 ? 0 : info.U32(rest);
        if ((flags & ~0x701u) != 0) return null;
        var timeout = revision == 1 ? uint.MaxValue : info.U32(rest + 4);
        return new XtSetTarget
        {
            Add = Reference(info, 0),
            Delete = Reference(info, 4),
            Map = revision == 3 ? Reference(info, 8) : null,
            Timeout = timeout == uint.MaxValue ? null : timeout,
            Exist = (flags & 1) != 0,
            MapFlags = flags & 0x700,
        };
    }

    /// <summary>Revision 3 has the operator before the number, revision 4 behind it.</summary>
    private static XtSetCounter? Counter(in XtInfo info, int offset, byte revision)
    {
        var (operation, value) = revision == 3 ? (info[offset], info.U64(offset + 8)) : (info[offset + 8], info.U64(offset));
        return operation == 0 ? null : new XtSetCounter(operation, value);
    }

    private static XtSetReference? Reference(in XtInfo info, int offset) =>
        info.U16(offset) == NoSet ? null : new XtSetReference(info.U16(offset), Sources(info[offset + 2], info[offset + 3]));

    private static bool[] Sources(byte dimensions, byte flags)
    {
        var sources = new bool[dimensions];
        for (var i = 0; i < sources.Length; i++) sources[i] = (flags & (1 << (i + 1))) != 0;
        return sources;
    }
}
