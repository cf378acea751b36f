// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Facts;
using KubeWgDiag.NodeProbe.Collection;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.NodeProbe.Tests.Collection;

public sealed class ReaderRunnerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Fact]
    public void Run_Reader_IsMeasuredAndStamped()
    {
        var fact = NewRunner().Run("here", deadline =>
        {
            deadline.Remaining.ShouldBe(TimeSpan.FromSeconds(5));
            _time.Advance(TimeSpan.FromMilliseconds(12));
            return Reading<string>.Of("x", interrupted: true, unknown: 3);
        });
        fact.Source.ShouldBe("here");
        fact.Value.ShouldBe("x");
        fact.DurationMs.ShouldBe(12);
        fact.At.ShouldBe(_time.GetUtcNow());
        fact.Interrupted.ShouldBeTrue();
        fact.Unknown.ShouldBe(3);
    }

    [Theory]
    [InlineData(typeof(UnauthorizedAccessException), NotAvailableReason.NotPermitted)]
    [InlineData(typeof(DirectoryNotFoundException), NotAvailableReason.NotPresent)]
    [InlineData(typeof(IOException), NotAvailableReason.Failed)]
    [InlineData(typeof(InvalidOperationException), NotAvailableReason.Failed)]
    public void Run_ReaderThrows_IsAFactWithAReason(Type failure, NotAvailableReason reason)
    {
        var fact = NewRunner().Run<string>("here", _ => throw (Exception)Activator.CreateInstance(failure)!);
        fact.Value.ShouldBeNull();
        fact.NotAvailable.ShouldNotBeNull().Reason.ShouldBe(reason);
    }

    [Fact]
    public void Run_UnforeseenFailure_DoesNotRepeatItsMessage()
    {
        var fact = NewRunner().Run<string>("here", _ => throw new InvalidOperationException("secret"));
        fact.NotAvailable.ShouldNotBeNull().Detail.ShouldBe("the reader failed: InvalidOperationException");
    }

    [Fact]
    public void Run_Cut_IsRemembered()
    {
        var runner = NewRunner();
        runner.Run("here", _ => Reading<string>.Of("x", cut: "half of it"));
        runner.Cuts.ShouldBe(["half of it"]);
    }

    [Fact]
    public void Run_Cancelled_Throws()
    {
        var runner = new ReaderRunner(_time, TimeSpan.FromSeconds(5), new CancellationToken(canceled: true));
        Should.Throw<OperationCanceledException>(() => runner.Run("here", _ => Reading<string>.Of("x")));
    }

    private ReaderRunner NewRunner() => new(_time, TimeSpan.FromSeconds(5), CancellationToken.None);
}
