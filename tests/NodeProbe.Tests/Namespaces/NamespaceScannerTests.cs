// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Interop;
using KubeWgDiag.NodeProbe.Namespaces;
using KubeWgDiag.NodeProbe.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Namespaces;

/// <summary>What happens to the others when a look into one namespace fails, hangs, or the time is over.</summary>
public sealed class NamespaceScannerTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<FoundNamespace> _found = [.. Enumerable.Range(1, 200).Select(i => new FoundNamespace(new FileStatus((ulong)i, 0, 4)))];

    [Fact]
    public void Scan_All_AreLookedAtOnceInTheirOrderByOneThread()
    {
        var threads = new HashSet<int>();
        var scanned = Scan((space, _) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            return Seen(space);
        });
        scanned.Select(s => s.Found).ShouldBe(_found);
        threads.ShouldHaveSingleItem().ShouldNotBe(Environment.CurrentManagedThreadId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(199)]
    public void Scan_OneThrows_IsAFactAndHidesNoOther(int bad)
    {
        var scanned = Scan((space, _) => space == _found[bad] ? throw new InvalidDataException("secret") : Seen(space));
        scanned.Select(s => s.Found).ShouldBe(_found);
        scanned[bad].NotAvailable.ShouldBe(new NotAvailable(NotAvailableReason.Failed, "the look failed: InvalidDataException"));
        scanned.Count(s => s.NotAvailable is null).ShouldBe(199);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70)]
    [InlineData(199)]
    public void Scan_OneHangs_IsLeftBehindAndHidesNoOther(int bad)
    {
        using var release = new ManualResetEventSlim();
        var scanned = Scan(
            (space, _) =>
            {
                if (space == _found[bad]) release.Wait();
                return Seen(space);
            },
            hangLimit: TimeSpan.FromMilliseconds(200));
        release.Set();
        scanned.Select(s => s.Found).ShouldBe(_found);
        scanned[bad].NotAvailable.ShouldNotBeNull().Reason.ShouldBe(NotAvailableReason.TimedOut);
        scanned.Count(s => s.NotAvailable is null).ShouldBe(199);
    }

    [Fact]
    public void Scan_TimeIsOver_GivesThoseItGotTo()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var deadline = new Deadline(time, TimeSpan.FromSeconds(10), CancellationToken.None);
        var scanned = NamespaceScanner.Scan(
            _found,
            () => (space, _) =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Seen(space);
            },
            TimeProvider.System,
            Long,
            deadline);
        scanned.Select(s => s.Found).ShouldBe(_found.Take(10));
    }

    [Fact]
    public void Scan_Cancelled_Throws()
    {
        var deadline = new Deadline(TimeProvider.System, Long, new CancellationToken(canceled: true));
        Should.Throw<OperationCanceledException>(() => NamespaceScanner.Scan(_found, () => (space, _) => Seen(space), TimeProvider.System, Long, deadline));
    }

    private static ScannedNamespace Seen(FoundNamespace space) => new(space, 1, false, [], [], null);

    private IReadOnlyList<ScannedNamespace> Scan(Func<FoundNamespace, Deadline, ScannedNamespace> look, TimeSpan? hangLimit = null) =>
        NamespaceScanner.Scan(_found, () => look, TimeProvider.System, hangLimit ?? Long, new Deadline(TimeProvider.System, Long, CancellationToken.None));
}
