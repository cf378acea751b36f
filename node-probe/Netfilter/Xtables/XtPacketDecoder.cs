// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Netfilter;

namespace KubeWgDiag.NodeProbe.Netfilter.Xtables;

/// <summary>Matches of any bytes of the packet: string, u32, bpf.</summary>
internal static class XtPacketDecoder
{
    private const int MaxSteps = 11;
    private const int TestSize = 180;
    private const int MaxInstructions = 64;

    public static XtString? String(in XtInfo info, byte revision)
    {
        if (!info.Is(160) || info[148] is 0 or > 128 || info[149] > (revision == 0 ? 1 : 3)) return null;
        return new XtString
        {
            Pattern = new HexBytes(info.Slice(20, info[148]).ToArray()),
            Algorithm = info.Text(4, 16),
            From = info.U16(0),
            To = info.U16(2),
            Inverted = (info[149] & 1) != 0,
            IgnoreCase = (info[149] & 2) != 0,
        };
    }

    public static XtU32? U32(in XtInfo info)
    {
        if (!info.Is(1984) || info[1980] is 0 or > MaxSteps || info[1981] > 1) return null;
        var tests = new XtU32Test[info[1980]];
        for (var i = 0; i < tests.Length; i++)
        {
            if (Test(info, i * TestSize) is not { } test) return null;
            tests[i] = test;
        }

        return new XtU32(tests, info[1981] == 1);
    }

    public static XtBpf? Bpf(in XtInfo info, byte revision)
    {
        if (!info.Is(528)) return null;
        var mode = revision == 0 ? 0 : info.U16(0);
        if (mode == 1) return new XtBpf(null, info.Text(8, MaxInstructions * 8));
        var count = info.U16(revision == 0 ? 0 : 2);
        // Mode 2 (a descriptor of a process long gone) says nothing about the program.
        if (mode != 0 || count is 0 or > MaxInstructions) return null;
        return new XtBpf(new HexBytes(info.Slice(revision == 0 ? 4 : 8, count * 8).ToArray()));
    }

    private static XtU32Test? Test(in XtInfo info, int at)
    {
        var (locations, values) = (info[at + 176], info[at + 177]);
        if (locations is 0 or > MaxSteps || values is 0 or > MaxSteps) return null;
        var steps = new XtU32Location[locations];
        for (var i = 0; i < locations; i++)
        {
            var operation = i == 0 ? (byte)0 : info[at + (8 * i) + 4];
            if (operation > 3) return null;
            steps[i] = new XtU32Location(operation, info.U32(at + (8 * i)));
        }

        var ranges = new XtRange[values];
        for (var i = 0; i < values; i++) ranges[i] = info.Range(at + 88 + (8 * i), inverted: false);
        return new XtU32Test(steps, ranges);
    }
}
