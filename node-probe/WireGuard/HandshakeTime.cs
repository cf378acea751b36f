// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.WireGuard;

/// <summary>Time of the last handshake: Unix seconds and nanoseconds of the wall clock, both 0 for never.</summary>
internal static class HandshakeTime
{
    private const long NanosecondsPerTick = 100;

    /// <summary>Turns it into a time; false for values that no clock shows.</summary>
    public static bool TryRead(long seconds, long nanoseconds, out DateTimeOffset? time)
    {
        time = null;
        if (seconds == 0 && nanoseconds == 0) return true;
        if (seconds < 0 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds() || nanoseconds is < 0 or > 999_999_999) return false;
        time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / NanosecondsPerTick);
        return true;
    }
}
