// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Queues;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Queues;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<int> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<int>(_time);

    [Fact]
    public async Task Add_TheSameKeyTwice_IsHandedOutOnce()
    {
        _queue.Add(1);
        _queue.Add(1);
        _queue.Add(2);

        _queue.Depth.ShouldBe(2);
        (await TakeAsync()).ShouldBe(1);
        (await TakeAsync()).ShouldBe(2);
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task Add_WhileProcessing_ComesBackOnceAfterDone()
    {
        _queue.Add(1);
        await TakeAsync();

        _queue.Add(1);
        _queue.Add(1);
        _queue.Depth.ShouldBe(0);
        _queue.Done(1);

        _queue.Depth.ShouldBe(1);
        (await TakeAsync()).ShouldBe(1);
        _queue.Done(1);
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task TakeAsync_Empty_WaitsForAnAdd()
    {
        Task<int?> taking = TakeAsync();
        taking.IsCompleted.ShouldBeFalse();

        _queue.Add(7);

        (await taking).ShouldBe(7);
    }

    [Fact]
    public void AddAfter_BeforeAndAtItsTime_IsNotThereAndThenIs()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        _queue.Depth.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _queue.Depth.ShouldBe(1);
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(9, 2)]
    public async Task AddAfter_Twice_TheEarlierCountsAndTheOtherIsDropped(int first, int second)
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(first));
        _queue.AddAfter(1, TimeSpan.FromSeconds(second));

        _time.Advance(TimeSpan.FromSeconds(2));
        _queue.Depth.ShouldBe(1);
        await TakeAsync();
        _queue.Done(1);
        _time.Advance(TimeSpan.FromSeconds(10));
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public void AddAfter_ZeroOrLess_IsAnAdd()
    {
        _queue.AddAfter(1, TimeSpan.Zero);
        _queue.AddAfter(2, TimeSpan.FromSeconds(-1));

        _queue.Depth.ShouldBe(2);
    }

    [Fact]
    public void AddAfter_LongerThanATimerRuns_ComesInTheEnd()
    {
        _queue.AddAfter(1, TimeSpan.FromHours(30));

        _time.Advance(TimeSpan.FromHours(29));
        _queue.Depth.ShouldBe(0);
        for (int i = 0; i < 3; i++) _time.Advance(TimeSpan.FromHours(1));
        _queue.Depth.ShouldBe(1);
    }

    [Fact]
    public async Task AddRateLimited_FailuresOfOneKey_DoubleItsWaitUntilForgotten()
    {
        foreach (int milliseconds in (int[])[5, 10, 20, 40])
        {
            _queue.AddRateLimited(1);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            _queue.Depth.ShouldBe(0);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _queue.Depth.ShouldBe(1);
            await TakeAsync();
            _queue.Done(1);
        }

        _queue.Forget(1);
        _queue.AddRateLimited(1);
        _time.Advance(TimeSpan.FromMilliseconds(5));
        _queue.Depth.ShouldBe(1);
    }

    [Fact]
    public void AddRateLimited_MoreKeysThanTheBurst_ShareTheBucket()
    {
        for (int key = 0; key < 103; key++) _queue.AddRateLimited(key);

        _time.Advance(TimeSpan.FromMilliseconds(5));
        _queue.Depth.ShouldBe(100);
        _time.Advance(TimeSpan.FromMilliseconds(195));
        _queue.Depth.ShouldBe(102);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _queue.Depth.ShouldBe(103);
    }

    [Fact]
    public async Task ShutDown_WithWork_HandsOutWhatWaitsAndThenEnds()
    {
        _queue.Add(1);
        _queue.Add(2);
        await TakeAsync();
        _queue.AddAfter(3, TimeSpan.FromSeconds(1));

        _queue.ShutDown();
        _queue.Add(4);
        _time.Advance(TimeSpan.FromSeconds(2));

        (await TakeAsync()).ShouldBe(2);
        _queue.Done(2);
        _queue.Drained.IsCompleted.ShouldBeFalse();
        Task<int?> last = TakeAsync();
        _queue.Done(1);
        (await last).ShouldBeNull();
        _queue.Drained.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task ShutDown_KeyAddedWhileItWasProcessed_IsStillHandedOut()
    {
        _queue.Add(1);
        await TakeAsync();
        _queue.Add(1);

        _queue.ShutDown();
        _queue.Done(1);

        (await TakeAsync()).ShouldBe(1);
        _queue.Done(1);
        (await TakeAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Add_Priorities_TheHighestFirstAndAmongEqualsTheOldest()
    {
        _queue.Add(1, WorkPriority.Low);
        _queue.Add(2, WorkPriority.Low);
        _queue.Add(3);
        _queue.Add(4);

        _queue.Depth.ShouldBe(4);
        (await TakeAllAsync()).ShouldBe([3, 4, 1, 2]);
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task Add_WaitingKeyWithHigherPriority_Overtakes()
    {
        _queue.Add(1, WorkPriority.Low);
        _queue.Add(2, WorkPriority.Low);
        _queue.Add(2);
        _queue.Add(2, WorkPriority.Low);

        (await TakeAllAsync()).ShouldBe([2, 1]);
    }

    [Fact]
    public async Task Add_WhileProcessing_KeepsTheHighestPriority()
    {
        _queue.Add(1);
        await TakeAsync();
        _queue.Add(1, WorkPriority.Low);
        _queue.Add(1);
        _queue.Add(1, WorkPriority.Low);
        _queue.Add(2, WorkPriority.Low);
        _queue.Done(1);

        (await TakeAllAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Add_DelayedKey_UsesUpTheDelayAndKeepsItsPriority()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));
        _queue.Add(2, WorkPriority.Low);
        _queue.Add(1, WorkPriority.Low);

        (await TakeAllAsync()).ShouldBe([1, 2]);
        _time.Advance(TimeSpan.FromSeconds(10));
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task AddAfter_DifferentPriorities_TheHigherCountsAtTheEarlierMoment()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(5), WorkPriority.Low);
        _queue.AddAfter(1, TimeSpan.FromSeconds(9));
        _queue.AddAfter(2, TimeSpan.FromSeconds(1), WorkPriority.Low);

        _time.Advance(TimeSpan.FromSeconds(5));

        (await TakeAllAsync()).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task AddAfter_WaitingKey_ComesBeforeAnyDelay()
    {
        _queue.Add(1);
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));

        (await TakeAllAsync()).ShouldBe([1]);
        _time.Advance(TimeSpan.FromSeconds(10));
        _queue.Depth.ShouldBe(0);
    }

    [Fact]
    public async Task ShutDownWithDrain_EndsWhenAllIsDone()
    {
        _queue.Add(1);
        _queue.Add(2);
        await TakeAsync();

        Task drained = _queue.ShutDownWithDrainAsync();
        drained.IsCompleted.ShouldBeFalse();
        await TakeAsync();
        _queue.Done(2);
        drained.IsCompleted.ShouldBeFalse();
        _queue.Done(1);

        await drained;
    }

    [Fact]
    public async Task TakeAsync_ManyWorkers_NeverShareAKey()
    {
        var running = new int[10];
        int worked = 0;
        bool shared = false;
        Task[] workers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (await _queue.TakeAsync(CancellationToken.None) is { } key)
            {
                if (Interlocked.Increment(ref running[key]) != 1) shared = true;
                Interlocked.Increment(ref worked);
                await Task.Yield();
                Interlocked.Decrement(ref running[key]);
                _queue.Done(key);
            }
        }))];

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 5000; i++) _queue.Add(i % 10, i % 3 == 0 ? WorkPriority.Normal : WorkPriority.Low);
        })));
        _queue.ShutDown();
        await Task.WhenAll(workers);

        shared.ShouldBeFalse();
        worked.ShouldBeGreaterThanOrEqualTo(10);
    }

    public void Dispose() => _queue.Dispose();

    private async Task<List<int>> TakeAllAsync()
    {
        var taken = new List<int>();
        while (_queue.Depth > 0)
        {
            int key = (await TakeAsync()).ShouldNotBeNull();
            taken.Add(key);
            _queue.Done(key);
        }

        return taken;
    }

    private Task<int?> TakeAsync() => _queue.TakeAsync(CancellationToken.None).AsTask();
}
