// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Tests.Namespaces;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

/// <summary>Readers that hang in the kernel, and where the thread beside the visit runs.</summary>
public sealed class ReaderThreadTests : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly ReaderThread _thread = new(TimeProvider.System);

    public void Dispose()
    {
        _release.Set();
        _thread.Dispose();
        _release.Dispose();
    }

    [Fact]
    public void TryRun_Work_StaysOnOneThread()
    {
        var first = 0;
        var second = 0;
        _thread.TryRun(() => first = Environment.CurrentManagedThreadId, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        _thread.TryRun(() => second = Environment.CurrentManagedThreadId, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        second.ShouldBe(first);
        first.ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Fact]
    public void TryRun_Hung_IsLeftBehindAndTheNextRuns()
    {
        _thread.TryRun(() => _release.Wait(), TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
        var ran = false;
        _thread.TryRun(() => ran = true, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        ran.ShouldBeTrue();
    }

    [Fact]
    public void Run_HungReader_IsAFactAndHidesNoOther()
    {
        var runner = new ReaderRunner(TimeProvider.System, TimeSpan.FromMilliseconds(20), CancellationToken.None, _thread);
        var hung = runner.Run("hangs", _ =>
        {
            _release.Wait();
            return Reading<string>.Of("late");
        });
        hung.Value.ShouldBeNull();
        hung.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
        runner.Run("works", _ => Reading<string>.Of("x", seen: 7)).ShouldSatisfyAllConditions(
            fact => fact.Value.ShouldBe("x"), fact => fact.Seen.ShouldBe(7));
    }

    [Fact]
    public void Run_ReaderThrows_IsAFactAndHidesNoOther()
    {
        var runner = new ReaderRunner(TimeProvider.System, TimeSpan.FromMinutes(1), CancellationToken.None, _thread);
        runner.Run<string>("throws", _ => throw new InvalidDataException("secret")).NotAvailable
            .ShouldBe(new NotAvailable(NotAvailableReason.Failed, "the reader failed: InvalidDataException"));
        runner.Run("works", _ => Reading<string>.Of("x")).Value.ShouldBe("x");
    }

    [SkippableFact]
    public void TryRun_CallerInANamespace_RunsInItAlsoAfterAHungOne()
    {
        LabNamespace.SkipIfImpossible();
        using var lab = new LabNamespace();
        FileStatus.TryRead(lab.Path, out var expected).ShouldBe(0);
        lab.Run(() =>
        {
            using var thread = new ReaderThread(TimeProvider.System);
            FileStatus here = default;
            thread.TryRun(() => FileStatus.TryRead("/proc/thread-self/ns/net", out here), TimeSpan.FromMinutes(1)).ShouldBeTrue();
            here.ShouldBe(expected);
            thread.TryRun(() => _release.Wait(), TimeSpan.FromMilliseconds(20)).ShouldBeFalse();
            here = default;
            thread.TryRun(() => FileStatus.TryRead("/proc/thread-self/ns/net", out here), TimeSpan.FromMinutes(1)).ShouldBeTrue();
            return here;
        }).ShouldBe(expected);
    }
}
