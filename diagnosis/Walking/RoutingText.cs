// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;
using KubeWgDiag.Diagnosis.Facts;

namespace KubeWgDiag.Diagnosis.Walking;

/// <summary>Writes routing rules and routes as ip(8) does, in one line.</summary>
internal static class RoutingText
{
    public static string Of(RuleFact rule)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{rule.Priority}:");
        if (rule.Invert) text.Append(" not");
        text.Append(" from ").Append(rule.From?.ToString() ?? "all");
        if (rule.To is { } to) text.Append(" to ").Append(to);
        if (rule.Mark is { } mark)
        {
            text.Append(CultureInfo.InvariantCulture, $" fwmark 0x{mark:x}");
            if (rule.MarkMask is { } mask && mask != uint.MaxValue) text.Append(CultureInfo.InvariantCulture, $"/0x{mask:x}");
        }

        if (!string.IsNullOrEmpty(rule.InputInterface)) text.Append(" iif ").Append(rule.InputInterface);
        if (!string.IsNullOrEmpty(rule.OutputInterface)) text.Append(" oif ").Append(rule.OutputInterface);
        if (rule.IpProtocol is { } protocol) text.Append(CultureInfo.InvariantCulture, $" ipproto {protocol}");
        if (rule.SourcePorts is { } from) text.Append(" sport ").Append(Range(from));
        if (rule.DestinationPorts is { } ports) text.Append(" dport ").Append(Range(ports));
        text.Append(" lookup ").Append(Table(rule.Table));
        if (rule.SuppressPrefixLength is { } length) text.Append(CultureInfo.InvariantCulture, $" suppress_prefixlength {length}");
        return text.ToString();
    }

    /// <summary>The three tables that every kernel has by name, any other by number.</summary>
    public static string Table(uint table) => table switch
    {
        253 => "default",
        254 => "main",
        255 => "local",
        _ => table.ToString(CultureInfo.InvariantCulture),
    };

    private static string Range(ValueRange range) => range.First == range.Last
        ? range.First.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");
}
