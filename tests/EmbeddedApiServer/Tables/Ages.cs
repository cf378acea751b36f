// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.EmbeddedApiServer.Tables;

/// <summary>Ages as kubectl writes them: 3s, 4m10s, 17m, 5h2m, 3d4h, 12d, 2y40d.</summary>
internal static class Ages
{
    public static string? Since(string? timestamp, TimeProvider time) => Times.Parse(timestamp) is { } then ? Text(time.GetUtcNow() - then) : null;

    public static string Text(TimeSpan age)
    {
        if (age < TimeSpan.Zero)
            age = TimeSpan.Zero;
        long seconds = (long)age.TotalSeconds;
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        if (seconds < 120)
            return $"{seconds}s";
        if (minutes < 10)
            return Pair(minutes, "m", seconds % 60, "s");
        if (minutes < 180)
            return $"{minutes}m";
        if (hours < 8)
            return Pair(hours, "h", minutes % 60, "m");
        if (hours < 48)
            return $"{hours}h";
        if (days < 8)
            return Pair(days, "d", hours % 24, "h");
        return days < 730 ? $"{days}d" : Pair(days / 365, "y", days % 365, "d");
    }

    private static string Pair(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
