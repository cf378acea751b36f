// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Operator.Tests.Reconciling;

/// <summary>Every call of a whole life goes wrong once, in every way in which it can.</summary>
public sealed class CrashTests
{
    public static TheoryData<string, bool> Ways => new()
    {
        { "kill", false },
        { "kill", true },
        { nameof(KubeErrorKind.Conflict), false },
        { nameof(KubeErrorKind.TooManyRequests), false },
        { nameof(KubeErrorKind.ServerError), false },
        { nameof(KubeErrorKind.ServerError), true },
        { nameof(KubeErrorKind.Unreachable), false },
        { nameof(KubeErrorKind.Unreachable), true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task EachCall_GoesWrongOnce_TheLifeEndsRight(string way, bool afterTheServerActed)
    {
        var calls = await CallsOfAQuietLifeAsync();
        calls.ShouldBeGreaterThanOrEqualTo(20);
        for (var wrong = 1; wrong <= calls; wrong++)
        {
            using var life = new Life();
            var fault = Of(way, afterTheServerActed);
            var number = wrong;
            life.Cluster.FaultOf = (call, _) => call == number ? fault : Fault.None;

            await life.LiveAsync();

            life.Cluster.Calls.ShouldBeGreaterThanOrEqualTo(wrong);
            life.Kills.ShouldBe(fault.Kills ? 1 : 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ManyCalls_GoWrongInAnyWay_TheLifeEndsRight(int seed)
    {
        var random = new Random(seed);
        using var life = new Life();
        var ways = Ways.ToList();
        life.Cluster.FaultOf = (_, _) => random.Next(4) == 0 && ways[random.Next(ways.Count)] is { } way ? Of((string)way[0], (bool)way[1]) : Fault.None;

        await life.LiveAsync();

        life.Kills.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task TwoOperators_OnStaleCaches_EachRunBeginsOnceAndEndsRight(int seed)
    {
        using var life = new Life();

        await life.LiveWithTwoAsync(new Random(seed));
    }

    private static async Task<int> CallsOfAQuietLifeAsync()
    {
        using var life = new Life();
        await life.LiveAsync();
        life.Kills.ShouldBe(0);
        return life.Cluster.Calls;
    }

    private static Fault Of(string way, bool isAfter) =>
        way == "kill" ? new Fault(true, null, isAfter) : new Fault(false, new KubeError(Enum.Parse<KubeErrorKind>(way), "as the test wants it"), isAfter);
}
