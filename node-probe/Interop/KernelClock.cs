// SPDX-License-Identifier: Apache-2.0

using System.Runtime.InteropServices;

namespace KubeWgDiag.NodeProbe.Interop;

/// <summary>Clocks of the kernel and the state of its time keeping, read only.</summary>
internal static unsafe partial class KernelClock
{
    /// <summary>Since boot without suspended time; what the kernel log counts by.</summary>
    public const int Monotonic = 1;

    /// <summary>Since boot with suspended time.</summary>
    public const int BootTime = 7;

    /// <summary>A clock's value; null when the kernel does not have it.</summary>
    public static TimeSpan? Read(int clock)
    {
        TimeSpec value = default;
        if (GetTime(clock, &value) != 0) return null;
        return TimeSpan.FromSeconds(value.Seconds) + TimeSpan.FromTicks(value.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>Asks for the state of time keeping and changes nothing; returns the errno, 0 when it worked.</summary>
    public static int TryReadState(out Timex state, out int condition)
    {
        Timex value = default;
        condition = AdjustTime(&value);
        var errno = condition < 0 ? Marshal.GetLastPInvokeError() : 0;
        state = value;
        return errno;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, TimeSpec* value);

    [LibraryImport("libc", EntryPoint = "adjtimex", SetLastError = true)]
    private static partial int AdjustTime(Timex* state);

    /// <summary>struct timespec of 64-bit systems.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
