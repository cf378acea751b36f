// SPDX-License-Identifier: Apache-2.0

using System.Buffers;
using System.Text;
using FsCheck.Xunit;
using KubeWgDiag.Kube.Client;

namespace KubeWgDiag.Kube.Tests.Client;

public sealed class LineReaderTests
{
    [Property(MaxTest = 100)]
    public async Task NextAsync_AnySplitIntoChunks_GivesTheSameLines(byte chunk)
    {
        string[] lines = ["first", "the second is longer", "3", new string('x', 5000)];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");

        (await ReadAllAsync(bytes, (chunk % 64) + 1, 10_000)).ShouldBe(lines);
    }

    [Fact]
    public async Task NextAsync_LastLineWithoutLineFeed_IsGivenToo() =>
        (await ReadAllAsync("a\nb"u8.ToArray(), 1, 10)).ShouldBe(["a", "b"]);

    [Fact]
    public async Task NextAsync_EmptyLines_AreSkipped() =>
        (await ReadAllAsync("\n\na\n\n"u8.ToArray(), 3, 10)).ShouldBe(["a"]);

    [Theory]
    [InlineData("0123456789A\n")]
    [InlineData("0123456789A")]
    [InlineData("ok\n0123456789Abcdef\n")]
    public async Task NextAsync_LineOverTheLimit_IsRefused(string text) =>
        await Should.ThrowAsync<BodyTooLargeException>(() => ReadAllAsync(Encoding.UTF8.GetBytes(text), 4, 10));

    [Fact]
    public async Task NextAsync_LineAtTheLimit_IsAccepted() =>
        (await ReadAllAsync("0123456789\n"u8.ToArray(), 4, 10)).ShouldBe(["0123456789"]);

    private static async Task<List<string>> ReadAllAsync(byte[] bytes, int chunk, int limit)
    {
        await using var reader = new LineReader(new ChunkStream(bytes, chunk), limit);
        var lines = new List<string>();
        while (await reader.NextAsync(CancellationToken.None) is { } line) lines.Add(Encoding.UTF8.GetString(line.ToArray()));
        return lines;
    }

    private sealed class ChunkStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
