// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.Scale.Cluster;

/// <summary>Waits for something another process does.</summary>
internal static class Ready
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks again and again until it is so.</summary>
    /// <exception cref="ScaleException">The process ended, or the limit is over.</exception>
    public static async Task WaitAsync(ChildProcess process, string what, TimeSpan limit, Func<Task<bool>> isReady, CancellationToken ct)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await isReady())
        {
            if (process.HasExited)
                throw new ScaleException($"{what} ended; its log is {process.LogFile}");
            if (TimeProvider.System.GetElapsedTime(start) > limit)
                throw new ScaleException($"{what} is not ready after {limit.TotalSeconds:0} s; its log is {process.LogFile}");
            await Task.Delay(Interval, ct);
        }
    }
}
