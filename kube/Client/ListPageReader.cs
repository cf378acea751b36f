// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using KubeWgDiag.Kube.ObjectModel;

namespace KubeWgDiag.Kube.Client;

/// <summary>
/// Reads one page of a list from the stream that it arrives on, object by object: at most one object is buffered, whatever the
/// page weighs, and one that cannot be read is skipped.
/// </summary>
internal sealed class ListPageReader<T>(ResourceType<T> type, IListReceiver<T> into, int maxItemBytes)
    where T : class, IKubernetesObject
{
    private const int BufferBytes = 64 << 10;

    private JsonReaderState _state = new(WireJson.ReaderOptions);
    private Place _place = Place.Start;
    private bool _sawItems;
    private ListMeta _meta = new();

    private enum Place
    {
        Start,
        Top,
        Items,
        End,
    }

    /// <summary>Objects that were skipped.</summary>
    public int Skipped { get; private set; }

    /// <summary>Why the first of them was, and which it is.</summary>
    public string? FirstProblem { get; private set; }

    /// <summary>Reads to the end of the document.</summary>
    /// <exception cref="JsonException">This is not a list, or it is cut.</exception>
    /// <exception cref="BodyTooLargeException">One object is larger than allowed.</exception>
    public async ValueTask<ListMeta?> ReadAsync(Stream body, CancellationToken ct)
    {
        PipeReader pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: BufferBytes, leaveOpen: true));
        try
        {
            int atLeast = 1;
            while (true)
            {
                ReadResult read = await pipe.ReadAtLeastAsync(atLeast, ct);
                SequencePosition consumed = Consume(read.Buffer, read.IsCompleted);
                if (_place == Place.End) return _sawItems ? _meta : throw new JsonException("It is not a list.");
                if (read.IsCompleted) throw new JsonException("The list is cut.");
                long rest = read.Buffer.Slice(consumed).Length;
                if (rest > maxItemBytes) throw new BodyTooLargeException();
                pipe.AdvanceTo(consumed, read.Buffer.End);
                // Doubled, so that an object that comes in many pieces is not scanned from its start for every piece.
                atLeast = (int)Math.Max(1, Math.Min(rest * 2, (long)maxItemBytes + 1));
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    /// <summary>Takes what is there in whole steps; the position behind the last one.</summary>
    private SequencePosition Consume(ReadOnlySequence<byte> buffer, bool last)
    {
        var reader = new Utf8JsonReader(buffer, last, _state);
        SequencePosition done = buffer.Start;
        while (_place != Place.End && Step(ref reader, buffer))
        {
            _state = reader.CurrentState;
            done = reader.Position;
        }

        return done;
    }

    /// <summary>One member of the list or one object; false = not all of it is there yet, and nothing has changed.</summary>
    private bool Step(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        if (!reader.Read()) return false;
        switch (_place)
        {
            case Place.Start:
                if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("It is not an object.");
                _place = Place.Top;
                return true;
            case Place.Top when reader.TokenType == JsonTokenType.EndObject:
                _place = Place.End;
                return true;
            case Place.Top:
                return Member(ref reader, buffer);
            default:
                if (reader.TokenType != JsonTokenType.EndArray) return Item(ref reader, buffer);
                _place = Place.Top;
                return true;
        }
    }

    private bool Member(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        bool isItems = reader.ValueTextEquals("items"u8);
        bool isMeta = reader.ValueTextEquals("metadata"u8);
        if (!reader.Read()) return false;
        if (isItems && reader.TokenType == JsonTokenType.StartArray)
        {
            (_sawItems, _place) = (true, Place.Items);
            return true;
        }

        // Go writes an empty list as null.
        if (isItems && reader.TokenType == JsonTokenType.Null) _sawItems = true;
        long start = reader.TokenStartIndex;
        if (!reader.TrySkip()) return false;
        if (!isMeta) return true;
        var meta = new Utf8JsonReader(buffer.Slice(start, reader.BytesConsumed - start), WireJson.ReaderOptions);
        _meta = JsonSerializer.Deserialize(ref meta, WireJsonContext.Default.ListMeta) ?? new ListMeta();
        return true;
    }

    private bool Item(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        long start = reader.TokenStartIndex;
        if (!reader.TrySkip()) return false;
        ReadOnlySequence<byte> json = buffer.Slice(start, reader.BytesConsumed - start);
        if (ItemDecoder.TryRead(json, type, out string? problem) is { } item)
        {
            into.Add(item);
            return true;
        }

        ObjectKey? key = ItemDecoder.TryReadKey(json);
        Skipped++;
        FirstProblem ??= $"{key?.ToString() ?? "one without a readable name"}: {problem}";
        into.Skip(key);
        return true;
    }
}
