// SPDX-License-Identifier: Apache-2.0

namespace KubeWgDiag.NodeProbe.Agent;

/// <summary>Forgets what is written and keeps its length, up to a limit: whoever only wants to know whether a text fits need not write all of it.</summary>
/// <param name="limit">The greatest length that is of interest.</param>
internal sealed class CountingStream(long limit) : Stream
{
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <exception cref="TooLongException">More was written than the limit.</exception>
    public override void Write(byte[] buffer, int offset, int count) => Add(count);

    /// <exception cref="TooLongException">More was written than the limit.</exception>
    public override void Write(ReadOnlySpan<byte> buffer) => Add(buffer.Length);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Add(int count)
    {
        _length += count;
        if (_length > limit) throw new TooLongException();
    }
}

/// <summary>Ends the writing of a text that is longer than anybody wants to know.</summary>
internal sealed class TooLongException : Exception
{
    public TooLongException()
    {
    }

    public TooLongException(string message)
        : base(message)
    {
    }

    public TooLongException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
