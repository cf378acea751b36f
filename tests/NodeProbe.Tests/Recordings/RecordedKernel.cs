// SPDX-License-Identifier: Apache-2.0

using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using KubeWgDiag.NodeProbe.Netlink;
using KubeWgDiag.NodeProbe.Tests.Netlink;

namespace KubeWgDiag.NodeProbe.Tests.Recordings;

/// <summary>
/// What one kernel answered in the mixed state (tests/fixtures/netlink/README.md), by reader. A question is answered with what was recorded for the
/// most similar one of its type, so that a reader may ask for more or less than it did when it was recorded.
/// </summary>
internal sealed class RecordedKernel
{
    private static readonly ConcurrentDictionary<string, RecordedKernel> Known = new(StringComparer.Ordinal);

    private readonly Dictionary<string, NetlinkRecording> _recordings;

    private RecordedKernel(string folder) => _recordings = Directory.EnumerateFiles(folder, "*.hex")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), file => NetlinkRecording.Parse(File.ReadAllText(file)), StringComparer.Ordinal);

    /// <summary>The kernels' series, which are the folders' names.</summary>
    public static IReadOnlyList<string> Series { get; } =
        [.. Directory.EnumerateDirectories(Fixtures.Folder).Select(folder => Path.GetFileName(folder)).Where(name => char.IsDigit(name[0])).Order(StringComparer.Ordinal)];

    /// <summary>Names of the readers that were recorded.</summary>
    public IReadOnlyCollection<string> Readers => _recordings.Keys;

    public static RecordedKernel Of(string series) => Known.GetOrAdd(series, static name => new RecordedKernel(Fixtures.PathOf(name)));

    /// <summary>The number of datagrams of a reader's answers.</summary>
    public IReadOnlyList<byte[]> Datagrams(string reader) => [.. _recordings[reader].Exchanges.SelectMany(exchange => exchange.Datagrams)];

    /// <summary>Answers a reader.</summary>
    /// <param name="reader">Its name.</param>
    /// <param name="change">Changes a datagram on its way, given its number; null = it and what follows of this answer is lost.</param>
    /// <param name="poison">What stands behind each datagram in the receive buffer.</param>
    public INetlinkTransportFactory Answer(string reader, Func<int, byte[], byte[]?>? change = null, byte poison = 0) =>
        new FunctionTransportFactory(_ => new Transport(_recordings[reader], change, poison));

    private sealed class Transport(NetlinkRecording recording, Func<int, byte[], byte[]?>? change, byte poison) : INetlinkTransport
    {
        private readonly Queue<(int Number, byte[] Bytes)> _incoming = [];
        private uint _sequence;

        public uint PortId => 1;

        public int Send(ReadOnlySpan<byte> message)
        {
            _incoming.Clear();
            _sequence = MemoryMarshal.Read<uint>(message[8..]);
            var wanted = RecordingTransport.WithoutNumbers(message);
            var (number, best, bestNumber, bestScore) = (0, default(NetlinkExchange), 0, int.MinValue);
            foreach (var exchange in recording.Exchanges)
            {
                if (Score(exchange.Request, wanted) is { } score && score > bestScore) (best, bestNumber, bestScore) = (exchange, number, score);
                number += exchange.Datagrams.Count;
            }

            foreach (var datagram in best?.Datagrams ?? []) _incoming.Enqueue((bestNumber++, datagram));
            return 0;
        }

        public NetlinkReceipt Receive(Span<byte> buffer, Deadline deadline)
        {
            if (!_incoming.TryDequeue(out var next)) return NetlinkReceipt.TimedOut;
            var datagram = change is null ? next.Bytes : change(next.Number, next.Bytes);
            if (datagram is null)
            {
                _incoming.Clear();
                return NetlinkReceipt.TimedOut;
            }

            FakeNetlinkTransport.Renumber(datagram, _sequence).CopyTo(buffer);
            buffer[datagram.Length..].Fill(poison);
            return NetlinkReceipt.Datagram(datagram.Length, 0);
        }

        public void Dispose() => _incoming.Clear();

        /// <summary>How similar two requests are: words they share count for, words that only one has against; null = another type or family.</summary>
        private static int? Score(ReadOnlySpan<byte> recorded, ReadOnlySpan<byte> wanted)
        {
            const int TypeAt = 4;
            const int FamilyAt = NetlinkConstants.MessageHeaderSize;
            if (MemoryMarshal.Read<ushort>(recorded[TypeAt..]) != MemoryMarshal.Read<ushort>(wanted[TypeAt..])) return null;
            if (recorded.Length > FamilyAt && wanted.Length > FamilyAt && recorded[FamilyAt] != wanted[FamilyAt]) return null;
            var a = MemoryMarshal.Cast<byte, uint>(recorded[TypeAt..]);
            var b = MemoryMarshal.Cast<byte, uint>(wanted[TypeAt..]);
            var shared = 0;
            foreach (var word in b) shared += a.Contains(word) ? 1 : -1;
            foreach (var word in a) shared += b.Contains(word) ? 0 : -1;
            return shared;
        }
    }
}
