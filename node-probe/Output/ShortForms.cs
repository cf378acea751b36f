// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.Diagnosis.Findings;
using KubeWgDiag.Diagnosis.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>Values as they stand in a narrow column.</summary>
public static class ShortForms
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>First and last four characters, as WireGuard's userspace logs name a peer, so that the two can be matched by eye.</summary>
    public static string Key(string? publicKey)
    {
        var key = PlainText.OneLine(publicKey);
        if (key.Length == 0) return "none";
        var end = key.TrimEnd('=');
        return end.Length <= 9 ? key : $"{end[..4]}…{end[^4..]}";
    }

    /// <summary>Bytes in binary units with at most three digits.</summary>
    public static string Bytes(ulong bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        // 1000 and not 1024: four digits would break the column.
        for (; value >= 999.5 && unit < Units.Length - 1; unit++) value /= 1024;
        var digits = unit > 0 && value < 9.95 ? "0.0" : "0";
        return value.ToString(digits, CultureInfo.InvariantCulture) + " " + Units[unit];
    }

    /// <summary>Growth during the observation; a dash when it was not observed.</summary>
    public static string Growth(Counter counter) => counter.Growth switch
    {
        null => "-",
        0 => "0 B",
        { } growth => "+" + Bytes(growth),
    };

    /// <summary>Age in its two largest units; a time in the future counts as now (the clock was set back).</summary>
    public static string Age(DateTimeOffset? since, DateTimeOffset now)
    {
        if (since is not { } start) return "never";
        var age = now > start ? now - start : TimeSpan.Zero;
        return age switch
        {
            { TotalMinutes: < 1 } => $"{age.Seconds}s",
            { TotalHours: < 1 } => $"{age.Minutes}m{age.Seconds:00}s",
            { TotalDays: < 1 } => $"{age.Hours}h{age.Minutes:00}m",
            _ => $"{(int)age.TotalDays}d{age.Hours:00}h",
        };
    }

    /// <summary>A tunnel's state in words that need no glossary.</summary>
    public static string State(TunnelState state) => state switch
    {
        TunnelState.Healthy => "healthy",
        TunnelState.Idle => "idle",
        TunnelState.NoHandshake => "no handshake",
        TunnelState.OneWay => "one way",
        TunnelState.RejectedByAllowedIps => "rejected",
        TunnelState.NotRoutedIn => "not routed in",
        TunnelState.DroppedAfterDecrypt => "dropped",
        TunnelState.MtuBlackhole => "mtu blackhole",
        TunnelState.Degraded => "degraded",
        _ => "unknown",
    };

    /// <summary><c>1 peer</c>, <c>2 peers</c>.</summary>
    public static string Count(int count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    /// <summary>Seconds without needless decimals.</summary>
    public static string Seconds(double seconds) => seconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";
}
