// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.Diagnosis.Peers;
using Xunit.Abstractions;

namespace KubeWgDiag.Diagnosis.Tests.Peers;

public sealed class PeerSketchTests(ITestOutputHelper output)
{
    private const int Seed = 20260301;

    [Fact]
    public void Decode_DifferencesUpToTheCapacity_AreFoundOrReported()
    {
        output.WriteLine($"seed {Seed}");
        var random = new Random(Seed);
        var failed = 0;
        for (var size = 0; size <= PeerSketch.Capacity; size++)
        {
            for (var round = 0; round < 60; round++)
            {
                var common = Values(random, 500);
                var (one, other) = (Values(random, random.Next(size + 1)), new List<ulong>());
                other.AddRange(Values(random, size - one.Count));
                var difference = Difference([.. common, .. one], [.. common, .. other]);
                if (difference is null)
                {
                    failed++;
                    continue;
                }

                difference.First.ShouldBe(one, ignoreOrder: true);
                difference.Second.ShouldBe(other, ignoreOrder: true);
            }
        }

        output.WriteLine($"{failed} of {(PeerSketch.Capacity + 1) * 60} could not be decoded");
        failed.ShouldBeLessThanOrEqualTo(2);
    }

    [Theory, InlineData(60), InlineData(100), InlineData(200), InlineData(5000)]
    public void Decode_TooManyDifferences_IsReportedAndNeverWrong(int size)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 50; round++)
        {
            var values = Values(random, size);
            if (Difference(values, []) is { } difference) difference.First.ShouldBe(values, ignoreOrder: true);
            else size.ShouldBeGreaterThan(PeerSketch.Capacity);
        }
    }

    [Fact]
    public void Decode_GarbageFromANode_EndsAndMostlyFails()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 500; round++)
        {
            var bytes = new byte[PeerSketch.Length];
            random.NextBytes(bytes);
            bytes[0] = 1;
            PeerSketch.Parse(bytes).ShouldNotBeNull().Decode().ShouldBeNull();
        }
    }

    [Fact]
    public void Parse_OtherLengthsAndVersions_AreRefused()
    {
        var bytes = new PeerSketch().ToBytes();
        PeerSketch.Parse(bytes).ShouldNotBeNull().Decode().ShouldNotBeNull().First.ShouldBeEmpty();
        PeerSketch.Parse(bytes.AsSpan(1)).ShouldBeNull();
        PeerSketch.Parse([]).ShouldBeNull();
        bytes[0] = 2;
        PeerSketch.Parse(bytes).ShouldBeNull();
    }

    private static SketchDifference? Difference(IEnumerable<ulong> one, IEnumerable<ulong> other)
    {
        var (first, second) = (new PeerSketch(), new PeerSketch());
        foreach (var value in one) first.Add(value);
        foreach (var value in other) second.Add(value);
        var read = PeerSketch.Parse(first.ToBytes()).ShouldNotBeNull();
        read.Subtract(second);
        return read.Decode();
    }

    private static List<ulong> Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
}
