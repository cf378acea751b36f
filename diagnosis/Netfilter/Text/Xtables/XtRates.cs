// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text;

namespace KubeWgDiag.Diagnosis.Netfilter.Text;

/// <summary>Rates of packets, which the kernel keeps as the time for one packet.</summary>
internal static class XtRates
{
    private static readonly (string Name, ulong Seconds)[] Units = [("day", 24 * 60 * 60), ("hour", 60 * 60), ("min", 60), ("sec", 1)];

    /// <summary>The rate in the smallest unit that still gives a whole number near it.</summary>
    public static void Append(StringBuilder text, ulong period, ulong scale)
    {
        if (period == 0)
        {
            text.Append(" inf");
            return;
        }

        var unit = 1;
        for (; unit < Units.Length; unit++)
        {
            var units = Units[unit].Seconds * scale;
            if (period > units || units / period < units % period) break;
        }

        text.Append(' ').Append((Units[unit - 1].Seconds * scale / period).ToString(CultureInfo.InvariantCulture)).Append('/').Append(Units[unit - 1].Name);
    }
}
