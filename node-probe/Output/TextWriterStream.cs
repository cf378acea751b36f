// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;

namespace KubeWgDiag.NodeProbe.Output;

/// <summary>Takes UTF-8 and writes it as text.</summary>
internal sealed class TextWriterStream(TextWriter writer) : Stream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // The decoder keeps the beginning of a character that the next piece ends.
        var chars = ArrayPool<char>.Shared.Rent(buffer.Length + 1);
        writer.Write(chars, 0, _decoder.GetChars(buffer, chars, flush: false));
        ArrayPool<char>.Shared.Return(chars);
    }

    public override void Flush() => writer.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
