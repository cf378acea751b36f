// SPDX-License-Identifier: Apache-2.0

using FsCheck;
using FsCheck.Fluent;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Recordings;
using Xunit.Abstractions;

namespace KubeWgDiag.NodeProbe.Tests.Fuzzing;

/// <summary>
/// Every netlink reader over changed answers of several kernels. Whatever arrives: no exception, not even one that is caught; the
/// same facts whatever stands behind the datagram in the buffer; no hang; no memory beyond what the input is worth.
/// </summary>
public sealed class NetlinkFuzzTests(ITestOutputHelper output)
{
    /// <summary>A reading of a whole recording and its facts; far above what any honest answer of this size needs.</summary>
    private const long MaxBytesAllocated = 64L << 20;

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Readers_ChangedAnswers_EndWithFactsAndNeverReadPastAMessage()
    {
        var targets = RecordedKernel.Series.SelectMany(series => RecordedKernel.Of(series).Readers.Order(StringComparer.Ordinal).Select(reader => (Series: series, Reader: reader))).ToList();
        long messages = 0, inputs = 0;
        for (var n = 0; n < targets.Count; n++)
        {
            var share = FuzzSettings.Messages * (n + 1) / targets.Count;
            // A check is a batch of inputs: how many messages an input has is known only afterwards.
            for (var batch = 0; messages < share; batch++)
            {
                var tried = Try(targets[n].Series, targets[n].Reader, inputs: 100, salt: (n * 100_003) + batch);
                tried.Messages.ShouldBeGreaterThan(0, $"{targets[n]} asked for nothing");
                messages += tried.Messages;
                inputs += tried.Inputs;
            }
        }

        var summary = $"fuzz: {messages} changed messages in {inputs} answers of {targets.Count} recordings, seed {FuzzSettings.Seed}: no exception, no overread, no hang";
        output.WriteLine(summary);
        if (Environment.GetEnvironmentVariable("KUBEWGDIAG_FUZZ_SUMMARY") is { Length: > 0 } file) File.AppendAllText(file, summary + "\n");
        messages.ShouldBeGreaterThanOrEqualTo(FuzzSettings.Messages);
    }

    private static (long Messages, long Inputs) Try(string series, string reader, int inputs, int salt)
    {
        var kernel = RecordedKernel.Of(series);
        var datagrams = kernel.Datagrams(reader);
        var reading = new RecordedReading(series, reader);
        using var thrown = new ThrownExceptions();
        using var watchdog = new Watchdog();
        long messages = 0, tried = 0;
        var property = Prop.ForAll(Mutation.Several, Gen.Choose(0, datagrams.Count - 1).ToArbitrary(), (mutations, target) =>
        {
            watchdog.Begin(() => $"{series}/{reader}, datagram {target}: {string.Join(' ', (IEnumerable<Mutation>)mutations)}");
            tried++;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var zeros = Read(poison: 0);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            var ones = Read(poison: 0xff);
            if (thrown.Seen.Count > 0) throw new InvalidDataException($"{series}/{reader}: {thrown.Seen[0]}");
            if (!zeros.AsSpan().SequenceEqual(ones)) throw new InvalidDataException($"{series}/{reader}: what stands behind a datagram was read");
            if (allocated > MaxBytesAllocated) throw new InvalidDataException($"{series}/{reader}: {allocated} bytes were allocated");

            byte[] Read(byte poison) => RecordedReading.Bytes(
                reading.Read(kernel.Answer(
                    reader,
                    (number, bytes) =>
                    {
                        if (number != target) return bytes;
                        var changed = mutations.Aggregate(
                            bytes, (input, mutation) => mutation.Apply(input, datagrams[mutation.Value % datagrams.Count], NetlinkConnection.BufferSize));
                        // A mutation changes about one message; what stays as it was does not count.
                        if (poison == 0) messages += Math.Min(mutations.Length, MessagesIn(changed));
                        return changed;
                    },
                    poison)));
        });
        Check.One(FuzzSettings.For(inputs, salt), property);
        return (messages, tried);
    }

    private static int MessagesIn(byte[] datagram)
    {
        var count = 0;
        var reader = new NetlinkMessageReader(datagram);
        while (reader.TryRead(out _)) count++;
        return Math.Max(count, 1);
    }
}
