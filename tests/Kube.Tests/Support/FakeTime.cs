// SPDX-License-Identifier: Apache-2.0

using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Support;

/// <summary>Moves fake time while real input and output happen.</summary>
internal static class FakeTime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Advances in steps until a condition holds.</summary>
    public static async Task AdvanceUntilAsync(this FakeTimeProvider time, Func<bool> condition, TimeSpan step)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            (Stopwatch.GetElapsedTime(start) < Patience).ShouldBeTrue("the condition did not come true");
            time.Advance(step);
            await Task.Delay(1);
        }
    }

    /// <summary>Advances in steps until a task ends.</summary>
    public static async Task<T> AdvanceWhileAsync<T>(this FakeTimeProvider time, Task<T> task, TimeSpan step)
    {
        await time.AdvanceUntilAsync(() => task.IsCompleted, step);
        return await task;
    }

    /// <summary>Waits for something that happens on another thread without time.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            (Stopwatch.GetElapsedTime(start) < Patience).ShouldBeTrue("the condition did not come true");
            await Task.Delay(1);
        }
    }
}
