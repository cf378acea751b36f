// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;

namespace KubeWgDiag.Kube.Client;

/// <summary>Cuts a stream into lines of bounded length.</summary>
internal sealed class LineReader(Stream stream, int maxLineBytes) : IAsyncDisposable
{
    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10));
    private SequencePosition? _consumed;

    /// <summary>
    /// The next line without its line feed, valid until the next call; null at the end. The last line may lack its line
    /// feed: then it may also be cut short, which only its parser can tell.
    /// </summary>
    /// <exception cref="BodyTooLargeException">A line is longer than allowed.</exception>
    public async ValueTask<ReadOnlySequence<byte>?> NextAsync(CancellationToken ct)
    {
        Advance();
        long scanned = 0;
        while (true)
        {
            ReadResult result = await _pipe.ReadAsync(ct);
            ReadOnlySequence<byte> buffer = result.Buffer;
            SequencePosition? end = buffer.Slice(scanned).PositionOf((byte)'\n');
            if (end is { } lineFeed)
            {
                ReadOnlySequence<byte> line = buffer.Slice(0, lineFeed);
                if (line.Length > maxLineBytes) throw new BodyTooLargeException();
                _consumed = buffer.GetPosition(1, lineFeed);
                if (!line.IsEmpty) return line;
                Advance();
                scanned = 0;
                continue;
            }

            if (buffer.Length > maxLineBytes) throw new BodyTooLargeException();
            if (result.IsCompleted)
            {
                _consumed = buffer.End;
                return buffer.IsEmpty ? null : buffer;
            }

            scanned = buffer.Length;
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private void Advance()
    {
        if (_consumed is { } position) _pipe.AdvanceTo(position);
        _consumed = null;
    }
}
