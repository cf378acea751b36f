// SPDX-License-Identifier: Apache-2.0

using System.Globalization;

namespace KubeWgDiag.Scale.Measuring;

/// <summary>Follows memory and processor time of a process through /proc (proc(5)).</summary>
internal sealed class ProcessSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>USER_HZ, which is 100 on every architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly int _process;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private long _peakAnonymous;

    public ProcessSampler(int process)
    {
        _process = process;
        _loop = SampleAsync();
    }

    /// <summary>
    /// The greatest sample of the anonymous memory, in bytes. That is what a memory limit of a container cannot take back; the mapped program file it can.
    /// </summary>
    public long PeakAnonymousBytes => Volatile.Read(ref _peakAnonymous);

    /// <summary>The greatest resident size since the process began, in bytes, as the kernel kept it (VmHWM).</summary>
    public long PeakResidentBytes => Status("VmHWM");

    /// <summary>Resident now, in bytes.</summary>
    public long ResidentBytes => Status("VmRSS");

    /// <summary>User and system time so far, in seconds.</summary>
    public double CpuSeconds
    {
        get
        {
            var stat = File.ReadAllText($"/proc/{_process}/stat");
            // The name in parentheses may hold anything; utime and stime are fields 14 and 15.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SampleAsync()
    {
        while (true)
        {
            var now = Status("RssAnon");
            if (now > _peakAnonymous)
                Volatile.Write(ref _peakAnonymous, now);
            await Task.Delay(Interval, _stop.Token);
        }
    }

    private long Status(string field)
    {
        foreach (var line in File.ReadLines($"/proc/{_process}/status"))
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && line[field.Length] == ':')
                return 1024 * long.Parse(line.AsSpan(field.Length + 1).Trim().TrimEnd("kB"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }

        throw new ScaleException($"/proc/{_process}/status has no {field}");
    }
}
