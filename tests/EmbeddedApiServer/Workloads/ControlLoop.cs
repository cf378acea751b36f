// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;

namespace KubeWgDiag.EmbeddedApiServer.Workloads;

/// <summary>
/// A controller's loop: a pass at the start and after changes. Changes come in bursts and a pass looks at everything, so the loop rests
/// between passes: for a moment, and three times as long as the pass before took, so that no controller takes more than a quarter of a processor.
/// </summary>
internal sealed class ControlLoop(ChangeSignal signal, Func<Task> pass)
{
    private const int RestPerWork = 3;

    private static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    public static ControlLoop Of(ChangeSignal signal, Action pass) => new(signal, () =>
    {
        pass();
        return Task.CompletedTask;
    });

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            await pass();
            TimeSpan rest = Stopwatch.GetElapsedTime(began) * RestPerWork;
            await signal.WaitAsync(ct);
            // The machine's clock, not the server's: this is about load, and a test's clock may stand still.
            await Task.Delay(rest < ShortestRest ? ShortestRest : rest > LongestRest ? LongestRest : rest, ct);
        }
    }
}
