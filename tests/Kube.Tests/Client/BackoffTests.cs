// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;
using Microsoft.Extensions.Time.Testing;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class BackoffTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Next_Repeated_DoublesUpTo30Seconds()
    {
        var backoff = new Backoff(_time, () => 0);

        Enumerable.Range(0, 8).Select(_ => backoff.Next().TotalSeconds).ShouldBe([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30]);
    }

    [Fact]
    public void Next_WithJitter_IsStretchedByUpToItsOwnLength() =>
        new Backoff(_time, () => 0.5).Next().TotalMilliseconds.ShouldBe(1200);

    [Fact]
    public void Next_AfterTwoQuietMinutes_StartsAgain()
    {
        var backoff = new Backoff(_time, () => 0);
        backoff.Next();
        backoff.Next();

        _time.Advance(TimeSpan.FromSeconds(121));

        backoff.Next().TotalMilliseconds.ShouldBe(800);
    }
}
