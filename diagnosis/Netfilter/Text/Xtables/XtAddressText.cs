// SPDX-License-Identifier: Apache-2.0

using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Matches of addresses, devices and sets.</summary>
internal static class XtAddressText
{
    private static readonly (uint Bit, string Name)[] Types =
    [
        (1, "UNSPEC"), (2, "UNICAST"), (4, "LOCAL"), (8, "BROADCAST"), (16, "ANYCAST"), (32, "MULTICAST"), (64, "BLACKHOLE"), (128, "UNREACHABLE"),
        (256, "PROHIBIT"), (512, "THROW"), (1024, "NAT"), (2048, "XRESOLVE"),
    ];

    public static bool Append(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case XtAddrtype type:
                text.Append(" -m addrtype");
                if (type.Source is { } source) text.Option("--src-type", type.SourceInverted).Bits((uint)source, Types);
                if (type.Destination is { } destination) text.Option("--dst-type", type.DestinationInverted).Bits((uint)destination, Types);
                text.Flag(type.LimitInterfaceIn, "--limit-iface-in").Flag(type.LimitInterfaceOut, "--limit-iface-out");
                return true;
            case XtIpRange range:
                text.Append(" -m iprange");
                Range(text, "--src-range", range.Source);
                Range(text, "--dst-range", range.Destination);
                return true;
            case XtRpfilter filter:
                text.Append(" -m rpfilter").Flag(filter.Loose, "--loose").Flag(filter.ValidMark, "--validmark");
                text.Flag(filter.AcceptLocal, "--accept-local").Flag(filter.Inverted, "--invert");
                return true;
            case XtPhysdev physdev:
                Physdev(text.Append(" -m physdev"), physdev);
                return true;
            case XtDevgroup group:
                text.Append(" -m devgroup");
                if (group.Source is { } from) text.Option("--src-group", from.Inverted).Mark(from.Value, from.Mask);
                if (group.Destination is { } to) text.Option("--dst-group", to.Inverted).Mark(to.Value, to.Mask);
                return true;
            case XtSet set:
                Set(text.Append(" -m set"), set);
                return true;
            default:
                return false;
        }
    }

    private static void Range(StringBuilder text, string name, XtAddressRange? range)
    {
        if (range is null) return;
        text.Option(name, range.Inverted).Append(' ').Append(range.From).Append('-').Append(range.To);
    }

    private static void Physdev(StringBuilder text, XtPhysdev physdev)
    {
        if (physdev.IsIn is { } isIn) text.Option("--physdev-is-in", !isIn);
        XtHeaderText.Interface(text, "--physdev-in", physdev.In);
        if (physdev.IsOut is { } isOut) text.Option("--physdev-is-out", !isOut);
        XtHeaderText.Interface(text, "--physdev-out", physdev.Out);
        if (physdev.IsBridged is { } isBridged) text.Option("--physdev-is-bridged", !isBridged);
    }

    private static void Set(StringBuilder text, XtSet set)
    {
        text.Option("--match-set", set.Inverted).Word(set.Name ?? $"#{set.Index}").Sources(set.Sources);
        text.Flag(set.ReturnNoMatch, "--return-nomatch");
        if (set.SkipCounterUpdate) text.Append(" ! --update-counters");
        if (set.SkipSubcounterUpdate) text.Append(" ! --update-subcounters");
        Counter(text, "packets", set.Packets);
        Counter(text, "bytes", set.Bytes);
    }

    private static void Counter(StringBuilder text, string what, XtSetCounter? counter)
    {
        if (counter is null) return;
        text.Append(counter.Operator == 2 ? " !" : string.Empty).Append(" --").Append(what);
        text.Append(counter.Operator switch { 3 => "-lt", 4 => "-gt", _ => "-eq" }).Number(counter.Value);
    }
}
