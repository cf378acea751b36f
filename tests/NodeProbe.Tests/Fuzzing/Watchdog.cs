// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Tests.Fuzzing;

/// <summary>Ends the test process, with the input's description, when one input takes longer than any could: a hang cannot be caught otherwise.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Timer _timer;
    private Func<string>? _input;

    public Watchdog() => _timer = new Timer(_ => Environment.FailFast($"hangs on {_input?.Invoke()}"), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>The next input begins.</summary>
    public void Begin(Func<string> input)
    {
        _input = input;
        _timer.Change(Limit, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
