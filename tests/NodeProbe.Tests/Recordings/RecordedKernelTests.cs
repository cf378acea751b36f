// SPDX-License-Identifier: Apache-2.0

using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Recordings;

/// <summary>Answers of several kernels (tests/fixtures/netlink/README.md) through the probe's own readers: read right, whole or cut.</summary>
public sealed class RecordedKernelTests
{
    public static TheoryData<string, string> All
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var series in RecordedKernel.Series)
            {
                foreach (var reader in RecordedKernel.Of(series).Readers.Order(StringComparer.Ordinal)) data.Add(series, reader);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Read_RecordedAnswers_GiveTheExpectedFacts(string series, string reader)
    {
        using var watch = new ThrownExceptions();
        var reading = new RecordedReading(series, reader);
        var actual = reading.Json(reading.Read());
        watch.Seen.ShouldBeEmpty();
        var expected = Fixtures.PathOf(Path.Combine(series, $"{reader}.expected.json"));
        if (Fixtures.Update) File.WriteAllText(expected, actual);
        actual.ShouldBe(File.ReadAllText(expected));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Read_EveryPrefixOfEveryDatagram_NeitherThrowsNorReadsPastItsEnd(string series, string reader)
    {
        var reading = new RecordedReading(series, reader);
        var kernel = RecordedKernel.Of(series);
        var datagrams = kernel.Datagrams(reader);
        using var watch = new ThrownExceptions();
        for (var number = 0; number < datagrams.Count; number++)
        {
            // Every byte of the headers and of the first attributes, then steps that are not aligned to anything.
            for (var length = 0; length < datagrams[number].Length; length += length < 160 ? 1 : 13)
            {
                // What stands behind the datagram in the buffer must not matter.
                var (zeros, ones) = (Cut(number, length, 0), Cut(number, length, 0xff));
                zeros.AsSpan().SequenceEqual(ones).ShouldBeTrue($"datagram {number} cut at {length}: what follows it was read");
                watch.Seen.ShouldBeEmpty($"datagram {number} cut at {length}");
            }
        }

        byte[] Cut(int cutAt, int length, byte poison) =>
            RecordedReading.Bytes(reading.Read(kernel.Answer(reader, (n, bytes) => n < cutAt ? bytes : n == cutAt ? bytes[..length] : null, poison)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Recording_OfAnyReader_HoldsNoSecret(string series, string reader)
    {
        // The keys of mixed-state.sh; the recorder zeroes them.
        var secrets = new[] { "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=", "ZmVkY2JhWllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE=" }.Select(Convert.FromBase64String).ToList();
        foreach (var datagram in RecordedKernel.Of(series).Datagrams(reader))
            secrets.Exists(secret => datagram.AsSpan().IndexOf(secret) >= 0).ShouldBeFalse();
    }
}
